//! The lease, its fencing number and the versions, in every order in which processes can act, die and stand still.
//!
//! The model has the steps of `shared_session`: each is one compare-and-set of the store, or one request to the broker.
//! Time is left out: a lease may be taken over at any moment, so nothing here depends on how long it lasts.

use stateright::{Checker, Model, Property};

/// How many processes want a session.
const PROCESSES: usize = 3;

/// How often a lease may be taken over, which makes the number of states finite.
const MAX_FENCE: u8 = 4;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct World {
    /// Rises with each write of the entry.
    version: u8,
    /// The fencing number of the latest lease, and whether it is held.
    fence: u8,
    is_held: bool,
    /// The fencing number of the lease under which the session was made.
    session: Option<u8>,
    signed_out: bool,
    /// The guess, as the store knows it.
    guess: Guess,
    /// How often it has left since the broker is known to have accepted it.
    unjudged: u8,
    processes: [Process; PROCESSES],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Guess {
    /// Whether it was noted, and its outcome is not known.
    is_unknown: bool,
    was_accepted: bool,
    /// How often it was noted since it was accepted.
    times: u8,
}

impl Guess {
    fn may_leave(self) -> bool {
        !self.is_unknown || self.was_accepted && self.times < 2
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Process {
    #[default]
    Idle,
    /// It has read the entry of this version.
    Read {
        version: u8,
    },
    /// It believes to hold the lease.
    Holding {
        version: u8,
        fence: u8,
    },
    /// It has noted the guess, which may leave.
    Claimed {
        version: u8,
        fence: u8,
    },
    /// It has sent the guess, and has no response yet.
    Sent {
        version: u8,
        fence: u8,
    },
    /// It has a session that is not stored.
    SignedIn {
        version: u8,
        fence: u8,
    },
    /// It has the session, or knows why there is none.
    Done,
    Dead,
}

#[derive(Clone, Debug, PartialEq)]
enum Action {
    Read(usize),
    Take(usize),
    Renew(usize),
    Claim(usize),
    Send(usize),
    Respond(usize),
    Settle(usize),
    Write(usize),
    Die(usize),
    Logout,
}

struct Sharing {
    /// A mistake that the properties must notice.
    mistake: Option<Mistake>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    /// Writes whatever the version is.
    BlindWrite,
    /// Sends a guess whatever is noted of it.
    Unnoted,
}

impl Model for Sharing {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::default()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        for (id, process) in world.processes.iter().enumerate() {
            match process {
                Process::Idle => actions.push(Action::Read(id)),
                Process::Read { .. } => actions.push(Action::Take(id)),
                Process::Holding { .. } => actions.extend([Action::Renew(id), Action::Claim(id)]),
                Process::Claimed { .. } => actions.push(Action::Send(id)),
                Process::Sent { .. } => actions.push(Action::Respond(id)),
                Process::SignedIn { .. } => actions.extend([Action::Settle(id), Action::Write(id)]),
                Process::Done | Process::Dead => continue,
            }
            actions.push(Action::Die(id));
        }
        if world.session.is_some() && !world.signed_out {
            actions.push(Action::Logout);
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        match action {
            Action::Read(id) => {
                let has_session = world.session.is_some();
                next.processes[id] = match (has_session, world.signed_out) {
                    (true, _) | (_, true) => Process::Done,
                    _ => Process::Read { version: world.version },
                };
            }
            // Whether it is free or its holder does not move: time decides, and any time is possible.
            Action::Take(id) => {
                let Process::Read { version } = world.processes[id] else { return None };
                if version != world.version {
                    next.processes[id] = Process::Idle;
                } else if world.fence == MAX_FENCE {
                    return None;
                } else {
                    next.version += 1;
                    next.fence += 1;
                    next.is_held = true;
                    next.processes[id] = Process::Holding { version: next.version, fence: next.fence };
                }
            }
            // Beside a guess this is the only thing that it does before a request.
            Action::Renew(id) => {
                let Process::Holding { version, .. } = world.processes[id] else { return None };
                if version == world.version {
                    return None;
                }
                next.processes[id] = Process::Idle;
            }
            Action::Claim(id) => {
                let Process::Holding { version, fence } = world.processes[id] else { return None };
                if version != world.version {
                    next.processes[id] = Process::Idle;
                } else if world.guess.may_leave() || self.mistake == Some(Mistake::Unnoted) {
                    next.guess = Guess { is_unknown: true, times: world.guess.times + 1, ..world.guess };
                    next.processes[id] = Process::Claimed { version, fence };
                } else {
                    next.processes[id] = Process::Done;
                }
            }
            Action::Send(id) => {
                let Process::Claimed { version, fence } = world.processes[id] else { return None };
                next.unjudged += 1;
                next.processes[id] = Process::Sent { version, fence };
            }
            Action::Respond(id) => {
                let Process::Sent { version, fence } = world.processes[id] else { return None };
                next.processes[id] = Process::SignedIn { version, fence };
            }
            Action::Settle(_) => {
                next.guess = Guess { is_unknown: false, was_accepted: true, times: 0 };
                next.unjudged = 0;
            }
            Action::Write(id) => {
                let Process::SignedIn { version, fence } = world.processes[id] else { return None };
                next.processes[id] = Process::Done;
                if version == world.version || self.mistake == Some(Mistake::BlindWrite) {
                    next.version += 1;
                    next.is_held = false;
                    next.session = Some(fence);
                }
            }
            Action::Die(id) => next.processes[id] = Process::Dead,
            Action::Logout => {
                next.version += 1;
                next.is_held = false;
                next.session = None;
                next.signed_out = true;
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("a guess that was never accepted leaves once", |_, world: &World| {
                world.unjudged <= 1 || world.guess.was_accepted
            }),
            Property::always("no guess leaves a third time without a response", |_, world: &World| {
                world.unjudged <= 2
            }),
            Property::always("a session is one of the latest lease", |_, world: &World| {
                world.session.is_none_or(|fence| fence == world.fence || world.is_held)
            }),
            Property::always("nobody revives a session that was signed out", |_, world: &World| {
                !(world.signed_out && world.session.is_some())
            }),
            Property::sometimes("there is a session", |_, world: &World| world.session.is_some()),
            Property::sometimes("a late write is refused", |_, world: &World| {
                let is_late = |process: &Process| matches!(process, Process::SignedIn { version, .. } if *version != world.version);
                world.processes.iter().any(is_late)
            }),
        ]
    }
}

#[test]
fn no_order_of_steps_breaks_a_promise() {
    let checker = Sharing { mistake: None }.checker().spawn_bfs().join();
    checker.assert_properties();
    assert!(checker.unique_state_count() > 1_000, "{}", checker.unique_state_count());
}

#[test]
fn the_model_notices_mistakes() {
    for mistake in [Mistake::BlindWrite, Mistake::Unnoted] {
        let checker = Sharing { mistake: Some(mistake) }.checker().spawn_bfs().join();
        assert!(!checker.discoveries().is_empty(), "{mistake:?}");
    }
}
