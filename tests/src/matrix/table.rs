//! The matrix as a table for a person.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
};

use similar::TextDiff;

use super::{
    groups::{Member, named},
    measurement::{Found, Measurement, Measurements},
};

/// Set it to write the table anew.
const UPDATE: &str = "UPDATE_FAULT_MATRIX";

/// How many lines of a difference are shown.
const LINES: usize = 40;

const INTRODUCTION: &str = include_str!("introduction.md");

/// A fault, and the cells of all operations.
type OfFault<'a> = (&'a str, Vec<&'a Measurement>);

/// The columns behind the fault and the operations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    kind: String,
    status: String,
    time: String,
    memory: String,
    arrivals: String,
}

/// The table in Markdown. Every operation is there once for every fault.
///
/// # Panics
/// If one is not.
pub fn table(cells: &Measurements) -> String {
    let all: BTreeSet<Member> = cells.0.iter().map(member).collect();
    let mut sections: Vec<(&str, Vec<OfFault<'_>>)> = Vec::new();
    for cell in &cells.0 {
        let section = match sections.iter().position(|(section, _)| *section == cell.section) {
            Some(place) => &mut sections[place].1,
            None => {
                sections.push((cell.section, Vec::new()));
                &mut sections.last_mut().expect("it was just added").1
            }
        };
        match section.iter_mut().find(|(fault, _)| *fault == cell.fault) {
            Some((_, cells)) => cells.push(cell),
            None => section.push((&cell.fault, vec![cell])),
        }
    }
    let mut text = INTRODUCTION.to_owned();
    let (mut faults, mut drives) = (0, 0);
    let mut body = String::new();
    for (section, of_section) in sections {
        let _ = write!(
            body,
            "\n## {section}\n\n| fault | operations | kind | status | time of deadline | memory | arrivals |\n|---|---|---|---|---|---|---|\n"
        );
        for (fault, of_fault) in of_section {
            let members: BTreeSet<Member> = of_fault.iter().map(|cell| member(cell)).collect();
            assert!(
                members == all && of_fault.len() == all.len(),
                "{fault}: not every operation is there once"
            );
            // Of every status there is a fault; most are documented by nobody.
            if of_fault.iter().all(|cell| cell.found.is_empty()) {
                continue;
            }
            faults += 1;
            drives += of_fault.iter().map(|cell| cell.found.len()).sum::<usize>();
            for (row, members) in rows(&of_fault) {
                let Row { kind, status, time, memory, arrivals } = row;
                let operations = named(&members, &all);
                let _ = writeln!(
                    body,
                    "| {} | {operations} | {kind} | {status} | {time} | {memory} | {arrivals} |",
                    escaped(fault)
                );
            }
        }
    }
    let _ = writeln!(text, "\n{faults} faults × {} operations, {drives} calls.", all.len());
    text + body.as_str()
}

/// Fails the test unless this is what is written in the file; with the environment variable set it is written instead.
///
/// # Panics
/// If the file says something else, or cannot be written.
pub fn check_written(table: &str, file: &Path) {
    if std::env::var_os(UPDATE).is_some() {
        let folder = file.parent().expect("a file in a folder");
        let mut written = tempfile::NamedTempFile::new_in(folder).expect("a file beside the table");
        written.write_all(table.as_bytes()).expect("room for the table");
        let before = fs::metadata(file).map(|file| file.permissions());
        written.persist(file).expect("the table in its place");
        if let Ok(permissions) = before {
            fs::set_permissions(file, permissions).expect("the permissions that it had");
        }
        return;
    }
    let before = fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
    if before == table {
        return;
    }
    let difference =
        TextDiff::from_lines(before.as_str(), table).unified_diff().context_radius(0).to_string();
    let shown: Vec<&str> = difference.lines().take(LINES).collect();
    let left = difference.lines().count().saturating_sub(LINES);
    panic!(
        "{} is not what the run came to; if that is right, write it anew with {UPDATE}=1.\n{}\n({left} more lines)",
        file.display(),
        shown.join("\n")
    );
}

fn member(cell: &Measurement) -> Member {
    Member { broker: cell.broker.clone(), retry: cell.retry.clone(), operation: cell.operation.clone() }
}

/// The operations that behave the same together, in the order in which they come.
fn rows(cells: &[&Measurement]) -> Vec<(Row, BTreeSet<Member>)> {
    let mut rows: Vec<(Row, BTreeSet<Member>)> = Vec::new();
    for cell in cells {
        let row = row(&cell.found);
        match rows.iter_mut().find(|(known, _)| *known == row) {
            Some((_, members)) => drop(members.insert(member(cell))),
            None => rows.push((row, [member(cell)].into())),
        }
    }
    rows
}

fn row(found: &[Found]) -> Row {
    let column = |of: &dyn Fn(&Found) -> String| column(found, of);
    Row {
        kind: column(&|found| found.kind.map_or("success".to_owned(), |kind| format!("`{}`", kind.as_str()))),
        status: column(&|found| match found.status {
            Some(status) if found.label.split(' ').next() == Some(&status.to_string()) => {
                "as sent".to_owned()
            }
            Some(status) => status.to_string(),
            None => "–".to_owned(),
        }),
        time: column(&time),
        // Of several the largest.
        memory: found
            .iter()
            .map(|found| (found.memory, found.memory_class()))
            .max()
            .map_or_else(|| "–".to_owned(), |(_, class)| class),
        arrivals: column(&|found| format!("{} of {}", found.arrivals, found.attempts)),
    }
}

fn time(found: &Found) -> String {
    let seconds = |time: std::time::Duration| format!("{}", (time.as_secs_f64() * 10.0).round() / 10.0);
    match found.is_real_time {
        // Real time is never twice the same; that it is in time is checked.
        true => format!("{0} s of {0} s, real", seconds(found.deadline)),
        false => format!("{} s of {} s", seconds(found.time), seconds(found.deadline)),
    }
}

/// One entry if all agree, else each with the labels of those that have it; the most frequent one has no need of them.
fn column(found: &[Found], of: &dyn Fn(&Found) -> String) -> String {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut order = Vec::new();
    for one in found {
        let text = of(one);
        if !groups.contains_key(&text) {
            order.push(text.clone());
        }
        groups.entry(text).or_default().push(&one.label);
    }
    match order.len() {
        0 => "does not apply".to_owned(),
        1 => order.remove(0),
        _ => {
            // The usual one stands first, and alone if it is that of most.
            order.sort_by_key(|text| std::cmp::Reverse(groups[text].len()));
            let usual = found.len() > 8;
            let parts = order.iter().enumerate().map(|(place, text)| match place == 0 && usual {
                true => text.clone(),
                false => format!("{text} ({})", labels(&groups[text])),
            });
            parts.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The labels; of statuses in a row the first and the last.
fn labels(labels: &[&str]) -> String {
    let Some(numbers) = labels.iter().map(|label| label.parse().ok()).collect::<Option<Vec<u16>>>() else {
        return labels.join(", ");
    };
    let mut spans: Vec<(u16, u16)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => spans.push((number, number)),
        }
    }
    let parts = spans.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}–{last}"),
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
