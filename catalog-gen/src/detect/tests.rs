//! What tests of several detectors share.

pub(super) mod repository;
