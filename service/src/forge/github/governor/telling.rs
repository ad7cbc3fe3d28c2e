//! What whoever waits is told.
//!
//! The invariant: a wait that is worth a word is told at once, and again from time to time, not at every look.

use std::time::Duration;

use tokio::time::Instant;

use crate::forge::Notices;

/// A shorter wait is not worth a word.
const WORTH_TELLING_MS: i64 = 2_000;
const EVERY: Duration = Duration::from_secs(15);

/// Tells one request's waits.
pub(super) struct Telling<'n> {
    notices: &'n Notices,
    told_at: Option<Instant>,
}

impl<'n> Telling<'n> {
    /// Nothing is told yet.
    pub(super) fn new(notices: &'n Notices) -> Self {
        Self { notices, told_at: None }
    }

    /// It waits for so many milliseconds more, at this place of the queue where it stands in one.
    pub(super) fn waits(&mut self, position: Option<usize>, milliseconds: i64) {
        let is_news = self.told_at.is_none_or(|told| told.elapsed() >= EVERY);
        if milliseconds < WORTH_TELLING_MS || !is_news {
            return;
        }
        self.told_at = Some(Instant::now());
        let position = position.map(|position| format!("position {position}, ")).unwrap_or_default();
        self.notices.tell(format!("Waiting for GitHub's limits: {position}about {}", about(milliseconds)));
    }
}

/// `40 s`, `5 min`, `1 h 10 min`: as exactly as one may promise.
pub(super) fn about(milliseconds: i64) -> String {
    let seconds = (milliseconds.max(0) + 999) / 1000;
    match seconds {
        0..=90 => format!("{seconds} s"),
        91..=3_570 => format!("{} min", (seconds + 30) / 60),
        _ => match ((seconds + 150) / 3_600, (seconds + 150) % 3_600 / 300 * 5) {
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_is_told_at_once_and_then_every_quarter_of_a_minute() {
        let (notices, mut lines) = Notices::channel();
        let mut telling = Telling::new(&notices);

        telling.waits(Some(1), 1_500);
        for left in (0..40).rev() {
            telling.waits(Some(12), left * 1_000);
            tokio::time::advance(Duration::from_secs(1)).await;
        }

        let told: Vec<String> = std::iter::from_fn(|| lines.try_recv().ok()).collect();
        assert_eq!(
            told,
            [
                "Waiting for GitHub's limits: position 12, about 39 s",
                "Waiting for GitHub's limits: position 12, about 24 s",
                "Waiting for GitHub's limits: position 12, about 9 s",
            ]
        );
    }

    #[test]
    fn a_time_is_told_in_words() {
        for (milliseconds, words) in [
            (-5, "0 s"),
            (1, "1 s"),
            (40_000, "40 s"),
            (90_000, "90 s"),
            (91_000, "2 min"),
            (3_500_000, "58 min"),
            (3_590_000, "1 h"),
            (4_200_000, "1 h 10 min"),
            (7_190_000, "2 h"),
        ] {
            assert_eq!(about(milliseconds), words, "{milliseconds}");
        }
    }
}
