//! A list as a table: columns below headings.

use anstyle::Style;

use crate::{output::painted, terminal};

/// What stands between two columns.
const GAP: &str = "  ";

/// The least that is left of a column, in characters.
const MIN_WIDTH: usize = 4;

/// A table as wide as the terminal at most. Where stdout is no terminal, nothing is cut.
pub(crate) fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let width = terminal::width();
    let (head, lines) = lines(headings, rows, width);
    let head = painted(&head, Style::new().bold(), &std::io::stdout());
    [head].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

fn lines<const N: usize>(
    headings: [&str; N],
    rows: &[[String; N]],
    width: Option<usize>,
) -> (String, Vec<String>) {
    let headings = headings.map(str::to_owned);
    let mut widths: Vec<usize> = headings.iter().map(|heading| length(heading)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(length(cell));
        }
    }
    if let Some(width) = width {
        shrink(&mut widths, width.saturating_sub(GAP.len() * N.saturating_sub(1)));
    }
    (line(&headings, &widths), rows.iter().map(|row| line(row, &widths)).collect())
}

/// Takes from the widest columns until all fit.
fn shrink(widths: &mut [usize], available: usize) {
    while widths.iter().sum::<usize>() > available {
        match widths.iter_mut().max() {
            Some(widest) if *widest > MIN_WIDTH => *widest -= 1,
            _ => return,
        }
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let cells = cells.iter().zip(widths).map(|(cell, width)| {
        let cell = cut(cell, *width);
        format!("{cell:width$}")
    });
    cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
}

fn cut(cell: &str, width: usize) -> String {
    if length(cell) <= width {
        return cell.to_owned();
    }
    cell.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

fn length(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(width: Option<usize>) -> Vec<String> {
        let rows = [["kotak", "S4MPL3", "https://one.example/apim"], ["neo", "é", "https://two.example"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        let (head, lines) = lines(["BROKER", "USER", "BASE URL"], &rows, width);
        [head].into_iter().chain(lines).collect()
    }

    #[test]
    fn columns_stand_below_their_headings() {
        let expected = [
            "BROKER  USER    BASE URL",
            "kotak   S4MPL3  https://one.example/apim",
            "neo     é       https://two.example",
        ];
        assert_eq!(shown(None), expected);
        assert_eq!(shown(Some(40)), expected);
    }

    #[test]
    fn the_widest_column_is_cut_where_there_is_no_room() {
        let shown = shown(Some(30));
        assert_eq!(shown[1], "kotak   S4MPL3  https://one.e…");
        assert!(shown.iter().all(|line| length(line) <= 30), "{shown:?}");
    }

    #[test]
    fn a_narrow_terminal_does_not_take_a_column_away() {
        assert_eq!(shown(Some(1))[1], "kot…  S4M…  htt…");
    }
}
