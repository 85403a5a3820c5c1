//! A list as a table: columns below headings.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::{output::painted, terminal};

/// What stands between two columns.
const GAP: &str = "  ";

/// The least that is left of a column, in columns of the terminal.
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
    let mut widths: Vec<usize> = headings.iter().map(|heading| heading.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
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
        let rest = width.saturating_sub(cell.width());
        cell + &" ".repeat(rest)
    });
    cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
}

fn cut(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    // Characters may be as wide as none or two, and change the width of those before them.
    let starts = cell.char_indices().skip(1).map_while(|(end, _)| cell.get(..end));
    let start = starts.take_while(|start| start.width() < width).last();
    start.unwrap_or_default().to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of the terminal before a part of a line.
    fn column(line: &str, part: &str) -> usize {
        line.split_once(part).unwrap().0.width()
    }

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
        assert!(shown.iter().all(|line| line.width() <= 30), "{shown:?}");
    }

    #[test]
    fn a_narrow_terminal_does_not_take_a_column_away() {
        assert_eq!(shown(Some(1))[1], "kot…  S4M…  htt…");
    }

    #[test]
    fn wide_and_combining_characters_line_up() {
        // Two columns each; one column of two characters each; two columns of three characters.
        let users = ["山田太郎花子", "e\u{301}e\u{301}e\u{301}", "👩\u{200d}🔬", "plain"];
        let rows = users.map(|user| ["neo", user, "https://one.example"].map(str::to_owned));
        let (head, all) = lines(["BROKER", "USER", "BASE URL"], &rows, None);
        let starts: Vec<usize> = all.iter().map(|line| column(line, "https")).collect();
        assert_eq!(starts, [column(&head, "BASE"); 4], "{all:?}");
        assert_eq!(starts[0], "BROKER  ".len() + 12 + GAP.len());

        let (_, cut) = lines(["BROKER", "USER", "BASE URL"], &rows, Some(30));
        assert_eq!(cut[0], "neo     山田太郎…   https://o…");
        assert!(cut.iter().all(|line| column(line, "https") == 20 && line.width() <= 30), "{cut:?}");
    }

    #[test]
    fn a_cut_cell_fits_its_columns() {
        assert_eq!(cut("山田太郎", 8), "山田太郎");
        assert_eq!((cut("山田太郎", 7).as_str(), cut("山田太郎", 6).as_str()), ("山田太…", "山田…"));
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        // The second character makes the first one wider.
        assert_eq!(cut("❤\u{fe0f}cd", 3), "❤\u{fe0f}…");
        assert_eq!(cut("ab❤\u{fe0f}cd", 4).width(), 4);
    }
}
