//! Looks for secrets in all memory that this process can write to.
//!
//! Linux shows a process its own memory as a file; nothing here needs a pointer.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    ops::Range,
    os::unix::fs::FileExt,
};

use super::{
    canary::{MASK, Needle},
    report::Found,
};

/// As much is read at a time.
const CHUNK: usize = 1 << 16;

/// As much before a copy tells what it is a part of.
const CONTEXT: u64 = 4096;

/// And as much after it.
const BEYOND: u64 = 32;

const ZEROS: [u8; 4096] = [0; 4096];

/// Every copy of every needle.
pub(crate) fn scan(needles: &[Needle]) -> Vec<Found> {
    let memory = File::open("/proc/self/mem").expect("Linux shows a process its own memory");
    let mut buffer = vec![0; CHUNK];
    let own = buffer.as_ptr() as u64..buffer.as_ptr() as u64 + CHUNK as u64;
    let by_first: BTreeMap<u8, Vec<&Needle>> = needles.iter().fold(BTreeMap::new(), |mut all, needle| {
        all.entry(needle.masked[0] ^ MASK).or_insert_with(Vec::new).push(needle);
        all
    });
    let mut is_first = [false; 256];
    by_first.keys().for_each(|first| is_first[usize::from(*first)] = true);
    let longest = needles.iter().map(|needle| needle.masked.len()).max().unwrap_or_default() as u64;
    let mut copies: Vec<Found> = Vec::new();
    for range in writable() {
        let mut at = range.start;
        while at < range.end {
            if own.contains(&at) {
                at = own.end;
                continue;
            }
            let end = if at < own.start { range.end.min(own.start) } else { range.end };
            let length = usize::try_from((end - at).min(CHUNK as u64)).expect("a chunk");
            // Guard pages and the like cannot be read.
            let Ok(read) = memory.read_at(&mut buffer[..length], at) else { break };
            if read == 0 {
                break;
            }
            find(&buffer[..read], at, &by_first, &is_first, &mut copies);
            let all = at + read as u64 >= end;
            at += read as u64;
            if !all {
                // A secret may lie across the end of a chunk.
                at -= longest - 1;
            }
        }
    }
    buffer.fill(0);
    merge(&mut copies);
    for copy in &mut copies {
        let before = copy.address.saturating_sub(CONTEXT);
        copy.before = shown(&memory, before, copy.address - before, needles);
        copy.after = shown(&memory, copy.address, copy.length + BEYOND, needles);
    }
    copies
}

fn find(
    bytes: &[u8],
    start: u64,
    by_first: &BTreeMap<u8, Vec<&Needle>>,
    is_first: &[bool; 256],
    copies: &mut Vec<Found>,
) {
    for (page, bytes_of_page) in bytes.chunks(ZEROS.len()).enumerate() {
        if *bytes_of_page == ZEROS[..bytes_of_page.len()] {
            continue;
        }
        for (place, byte) in bytes_of_page.iter().enumerate() {
            if !is_first[usize::from(*byte)] {
                continue;
            }
            let place = page * ZEROS.len() + place;
            for needle in &by_first[byte] {
                if needle.begins(&bytes[place..]) {
                    copies.push(Found {
                        name: needle.name.clone(),
                        address: start + place as u64,
                        length: needle.masked.len() as u64,
                        before: String::new(),
                        after: String::new(),
                    });
                }
            }
        }
    }
}

/// Blocks that follow each other are one copy.
fn merge(copies: &mut Vec<Found>) {
    copies.sort_by_key(|copy| (copy.name.clone(), copy.address));
    copies.dedup_by(|next, before| {
        let is_same = next.name == before.name && next.address <= before.address + before.length;
        if is_same {
            before.length = next.address + next.length - before.address;
        }
        is_same
    });
}

/// Some memory as a string, without secrets.
fn shown(memory: &File, start: u64, length: u64, needles: &[Needle]) -> String {
    // A secret may lie across the ends.
    let margin = 64;
    let mut bytes = vec![0; usize::try_from(length + 2 * margin).expect("a few bytes")];
    let read = memory.read_at(&mut bytes, start - margin).unwrap_or_default();
    bytes.truncate(read);
    for place in 0..bytes.len() {
        if let Some(needle) = needles.iter().find(|needle| needle.begins(&bytes[place..])) {
            bytes[place..place + needle.masked.len()].fill(b'*');
        }
    }
    let inner = bytes.iter().skip(usize::try_from(margin).expect("a few bytes"));
    let inner = inner.take(usize::try_from(length).expect("a few bytes"));
    let printable =
        |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
    inner.map(printable).collect()
}

/// The memory that this process can write to.
fn writable() -> Vec<Range<u64>> {
    let maps = fs::read_to_string("/proc/self/maps").expect("Linux lists a process's memory");
    maps.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (range, rights) = (words.next()?, words.next()?);
            let (start, end) = range.split_once('-')?;
            let number = |text| u64::from_str_radix(text, 16).ok();
            rights.starts_with("rw").then_some(number(start)?..number(end)?)
        })
        .collect()
}
