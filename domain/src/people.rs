//! Persons: who they are, how their names and numbers are written, and how a roster of them is read.

pub mod contact;
pub mod facts;
pub mod hiding;
pub mod identity;
pub mod lengths;
pub mod name;
pub mod roster;

pub use identity::{IdentityFault, IdentityNumber};
pub use name::{NameFault, PersonName};
