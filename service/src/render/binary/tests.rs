//! The guess is held to what `isbinaryfile` 5.0.7 answers for 20,000 generated files, by a digest of its answers.

use super::is_binary;

/// The generator that made the files for the original.
struct Source(u64);

impl Source {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap()
    }

    fn below(&mut self, limit: usize) -> u8 {
        u8::try_from(self.next() % limit).unwrap()
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.next() % items.len()]
    }
}

const HEADS: &[&[u8]] = &[
    b"",
    b"",
    b"",
    b"",
    b"",
    b"",
    b"\xef\xbb\xbf",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\x00\x00\xfe\xff",
    b"\xff\xfe\x00\x00",
    b"\x84\x31\x95\x33",
    b"%PDF-",
    b"%PDF",
];
const LENGTHS: &[usize] =
    &[0, 1, 2, 3, 5, 8, 20, 31, 32, 33, 40, 100, 300, 511, 512, 513, 514, 515, 516, 700];

fn file(source: &mut Source) -> Vec<u8> {
    let mut bytes = source.pick(HEADS).to_vec();
    let kind = source.next() % 8;
    let length = source.pick(LENGTHS);
    while bytes.len() < length {
        let chance = source.next() % 100;
        match kind {
            0 => bytes.push(source.below(256)),
            2 if chance < 12 => bytes.push(128 + source.below(128)),
            3 if chance < 10 => bytes.extend([0xc3, 0x80 + source.below(64)]),
            3 if chance < 20 => bytes.extend([0xe2, 0x80 + source.below(64), 0x80 + source.below(64)]),
            3 if chance < 25 => bytes.extend([0xf0, 0x9f, 0x80 + source.below(64), 0x80 + source.below(64)]),
            1..=3 => bytes.push(32 + source.below(95)),
            4 if chance < 9 => bytes.push(1 + source.below(31)),
            5 => bytes.extend([source.pick(&[8, 10, 16, 18, 26, 32, 34]), 1 + source.below(127)]),
            6 if chance < 20 => bytes.push(source.pick(&[0xc3, 0xe2, 0xf0, 0xff, 0x80])),
            4 | 6 => bytes.push(b'a'),
            _ => {
                let length = 1 + source.below(9);
                bytes.extend([source.pick(&[0x0a, 0x12, 0x1a]), length]);
                bytes.extend((0..length).map(|_| source.pick(&[97, 98, 1, 2, 200])));
            }
        }
    }
    bytes
}

#[test]
fn the_guess_is_that_of_the_stock_backend() {
    let mut source = Source(1);
    let answers: Vec<bool> = (0..20_000).map(|_| is_binary(&file(&mut source))).collect();

    let digits = answers.chunks(4).map(|four| {
        let digit = four.iter().rev().fold(0, |digit, binary| digit * 2 + u32::from(*binary));
        u64::from(char::from_digit(digit, 16).unwrap())
    });
    let digest =
        digits.fold(0xcbf2_9ce4_8422_2325_u64, |hash, digit| (hash ^ digit).wrapping_mul(0x0100_0000_01b3));
    assert_eq!((answers.iter().filter(|binary| **binary).count(), digest), (6_775, 0x0894_b937_5b85_399e));
}

#[test]
fn text_and_pictures_are_told_apart() {
    assert!(!is_binary(b""));
    assert!(!is_binary("Grüße, ${{ values.name }}\n".as_bytes()));
    assert!(is_binary(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"));
    assert!(is_binary(b"%PDF-1.7 ${{ values.name }}"));
}
