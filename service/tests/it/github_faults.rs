//! GitHub in trouble: whatever goes wrong between the service and GitHub, a task comes to exactly what is wanted, or
//! fails and says what there is, and a retry finishes it.

mod failure;
mod flows;
mod kills;
mod lags;
mod matrix;
mod midway;
mod mints;
mod registering;
mod storm;
mod world;
