//! Expected events beside those that came.
use super::event::{Event, Pattern};

/// The difference, drawn, or nothing if the events are the expected ones.
pub(super) fn difference(wanted: &[Pattern], events: &[&Event], only: bool) -> Option<String> {
    let pairs = pair(wanted, events);
    if pairs.len() == wanted.len() && (!only || pairs.len() == events.len()) {
        return None;
    }
    let mut lines = vec!["the events are not the expected ones (- did not come, + came unexpected):".to_owned()];
    let (mut at, mut came) = (0, 0);
    for pair in pairs.into_iter().map(Some).chain([None]) {
        let (to, until) = pair.unwrap_or((wanted.len(), events.len()));
        lines.extend(wanted.iter().take(to).skip(at).map(|pattern| format!("  - {pattern}")));
        let mark = if only { '+' } else { ' ' };
        lines.extend(events.iter().take(until).skip(came).map(|event| format!("  {mark} {event}")));
        if pair.is_some() {
            lines.extend(events.get(until).map(|event| format!("    {event}")));
        }
        (at, came) = (to + 1, until + 1);
    }
    Some(lines.join("\n"))
}

/// The longest list of patterns with the events they match, both in their order.
fn pair(wanted: &[Pattern], events: &[&Event]) -> Vec<(usize, usize)> {
    // Row `i` holds, for each `j`, how many pairs there can be from pattern `i` and event `j` on.
    let mut rows = vec![vec![0_usize; events.len() + 1]];
    for pattern in wanted.iter().rev() {
        let below = rows.last().cloned().unwrap_or_default();
        let mut row = vec![0; events.len() + 1];
        for (j, event) in events.iter().enumerate().rev() {
            let skip = at(&below, j).max(at(&row, j + 1));
            let best = if pattern.matches(event) { skip.max(at(&below, j + 1) + 1) } else { skip };
            if let Some(cell) = row.get_mut(j) {
                *cell = best;
            }
        }
        rows.push(row);
    }
    rows.reverse();
    let count = |i: usize, j: usize| rows.get(i).map_or(0, |row| at(row, j));
    let (mut pairs, mut i, mut j) = (Vec::new(), 0, 0);
    while let (Some(pattern), Some(event)) = (wanted.get(i), events.get(j)) {
        if pattern.matches(event) && count(i, j) == count(i + 1, j + 1) + 1 {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if count(i + 1, j) >= count(i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

fn at(row: &[usize], j: usize) -> usize {
    row.get(j).copied().unwrap_or(0)
}
