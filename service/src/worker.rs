//! The worker loop: claims jobs and hands them to the task use case.
