//! Everything that fuzzing begins with, and everything that it has found, without a fuzzer.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use contract_tests::{
    Broker,
    arbitrary::{FuzzedResponse, TARGETS, check_response, check_wire, hosts, in_no_time, spec},
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
};

/// The files of a target below a directory of `fuzz/`; none if there is no such directory.
fn inputs(directory: &str, target: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(directory).join(target);
    let entries = fs::read_dir(path).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn what_fuzzing_has_found_stays_mended() {
    replay("regressions", 4);
}

#[test]
fn what_fuzzing_begins_with_is_right() {
    replay("seeds", 20);
}

/// Runs every input below a directory of `fuzz/`, each with the target that it is for. There are at least so many.
fn replay(directory: &str, at_least: usize) {
    let mut count = 0;
    for (target, run) in TARGETS {
        for path in inputs(directory, target) {
            println!("{}", path.display());
            run(&fs::read(&path).expect("an input"));
            count += 1;
        }
    }
    assert!(count >= at_least, "only {count} inputs");
}

#[test]
fn every_input_that_is_kept_is_of_a_target() {
    for directory in ["regressions", "seeds"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(directory);
        for entry in fs::read_dir(path).expect("a directory") {
            let name = entry.expect("an entry").file_name().into_string().expect("a name");
            assert!(TARGETS.iter().any(|(target, _)| *target == name), "{name}");
        }
    }
}

/// Writes what the fuzzer begins with to `fuzz/corpus/`, which git ignores, with a dictionary of its words.
fn save(target: &str, seeds: &[(String, Vec<u8>)]) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    fs::create_dir_all(corpus.join(target)).expect("a directory for the corpus");
    let mut words = BTreeSet::new();
    for (name, input) in seeds {
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        fs::write(corpus.join(target).join(format!("seed-{name}")), input).expect("room for the corpus");
        let text = String::from_utf8_lossy(input).into_owned();
        let is_other = |c: char| !c.is_ascii_alphanumeric() && !"-_.$".contains(c);
        words.extend(text.split(is_other).filter(|word| (2..64).contains(&word.len())).map(str::to_owned));
    }
    let words: String = words.iter().map(|word| format!("\"{word}\"\n")).collect();
    fs::write(corpus.join(format!("{target}.dict")), words).expect("room for the dictionary");
}

/// Every documented response, near and far, whole and cut; and the broker's hosts.
fn examples<B: Broker>(broker: &str) {
    let mut seeds = Vec::new();
    for case in B::spec().cases() {
        for (is_far, is_cut) in [(false, false), (true, false), (false, true)] {
            println!("{}, far {is_far}, cut {is_cut}", case.label());
            let given = FuzzedResponse { is_far, is_cut, ..FuzzedResponse::of(&case) };
            let read = given.write();
            assert_eq!(FuzzedResponse::parse(B::spec(), &read).write(), read);
            seeds.push((format!("{}-{is_far}-{is_cut}", case.label()), read));
            in_no_time(async {
                check_wire::<B>(&given).await;
                drop(check_response::<B>(&given).await);
            });
        }
    }
    save(&format!("{broker}_responses"), &seeds);
    let servers = B::api().all_servers().enumerate().map(|(index, server)| {
        let (url, host) = (server.url, server.url.trim_start_matches("https://"));
        let urls = format!("{url}\n{url}/\n{host}\nhttps://{host}.evil.example\nhttps://a@{host}");
        (format!("{broker}-{index}"), urls.into_bytes())
    });
    let servers: Vec<_> = servers.collect();
    servers.iter().for_each(|(_, urls)| hosts(urls));
    save("hosts", &servers);
}

#[test]
fn kotak_keeps_the_rules_for_every_example() {
    examples::<Kotak>("kotak");
}

#[test]
fn ibkr_keeps_the_rules_for_every_example() {
    examples::<Ibkr>("ibkr");
}

#[test]
fn neo_keeps_the_rules_for_every_example() {
    examples::<Neo>("neo");
}

/// The specs of the linter's tests. Those of the brokers take a second each, which is too long for a fuzzer.
#[test]
fn spec_fixtures_keep_the_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/codegen/tests/fixtures");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a fixture");
    let good = read("good.yaml");
    let rules: toml::Table = read("rules.toml").parse().expect("the fixtures of the rules");
    let mut specs: Vec<(String, Vec<u8>)> = rules
        .iter()
        .map(|(rule, edits)| {
            let edits = edits.as_table().expect("what each edit replaces, and with what");
            let text = edits.iter().fold(good.clone(), |text, (replace, with)| {
                text.replacen(replace, with.as_str().expect("a string"), 1)
            });
            (rule.clone(), text.into_bytes())
        })
        .collect();
    specs.push(("good".to_owned(), good.clone().into_bytes()));
    specs.iter().for_each(|(_, text)| spec(text));
    save("spec", &specs);
}
