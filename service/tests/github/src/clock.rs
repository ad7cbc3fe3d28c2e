//! The time that the double lives in: this machine's, and what tests have let pass beyond it.
//!
//! It never sleeps. The invariant: it never goes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: milliseconds since 1970.
pub type Millis = u64;

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> Millis {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A clock that can be advanced.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    advanced: Arc<AtomicU64>,
}

impl Clock {
    /// The time now.
    pub(crate) fn now(&self) -> Millis {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        millis(real).saturating_add(self.advanced.load(Ordering::SeqCst))
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, by: Duration) {
        self.advanced.fetch_add(millis(by), Ordering::SeqCst);
    }
}

/// As GitHub writes times: `2026-11-23T20:03:36Z`.
pub(crate) fn written(at: Millis) -> String {
    let seconds = at / 1000;
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// As HTTP writes times: `Mon, 23 Nov 2026 20:03:36 GMT`.
pub(crate) fn http_date(at: Millis) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = at / 1000;
    let (year, month, day) = date(seconds / 86_400);
    let name = |names: &[&'static str], index: u64| {
        usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
    };
    let (week_day, month) = (name(&DAYS, seconds / 86_400 % 7), name(&MONTHS, month - 1));
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{week_day}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Year, month and day of the day with this number since 1970, in the Gregorian calendar.
fn date(days: u64) -> (u64, u64, u64) {
    // Counted from 1 March of the year 0, in eras of 400 years, so that the leap day is a year's last.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) =
        (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{http_date, written};

    #[test]
    fn times_are_written_as_github_and_as_http_write_them() {
        assert_eq!(written(0), "1970-01-01T00:00:00Z");
        assert_eq!(written(1_709_208_000_000), "2024-02-29T12:00:00Z");
        assert_eq!(http_date(1_795_464_216_000), "Mon, 23 Nov 2026 20:03:36 GMT");
    }
}
