//! Every fault of a body at once: serde ends at the first.

use crate::problem::FieldFault;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The most faults of one body that are told.
const FAULTS_MAX: usize = 50;
/// How often a body is read anew at most: what was left out is missed in turn, by the object around it.
const READINGS_MAX: usize = 2 * FAULTS_MAX;
/// Bytes that are read anew at most for one request: whoever has no account may send large bodies with many faults.
const BYTES_MAX: usize = 1 << 20;

/// Every fault of `body`, the first of which is known; of large bodies (`bytes`) the first ones. What has a fault is left out, and the
/// rest read again by `first_fault`, until it has none. Of several members that an object within the body lacks, one is told.
pub fn every(
    body: Value,
    bytes: usize,
    first: FieldFault,
    first_fault: impl Fn(Value) -> Option<FieldFault>,
) -> Vec<FieldFault> {
    let (mut faults, mut rest, mut next) = (Vec::new(), Rest::new(body), Some(first));
    for _ in 0..(BYTES_MAX / bytes.max(1)).clamp(1, READINGS_MAX) {
        let Some(mut fault) = next.filter(|_| faults.len() < FAULTS_MAX) else { break };
        let at = std::mem::take(&mut fault.pointer);
        fault.pointer = rest.in_body(&at);
        if !rest.members.contains(&fault.pointer) {
            faults.push(fault);
        }
        if !rest.leave_out(&at) {
            break;
        }
        next = first_fault(rest.value.clone());
    }
    faults
}

/// What remains of a body.
struct Rest {
    value: Value,
    /// Members that are gone, as pointers into the body as it was sent.
    members: BTreeSet<String>,
    /// The places of items that are gone, by the list they stood in.
    items: BTreeMap<String, BTreeSet<usize>>,
}

impl Rest {
    fn new(value: Value) -> Rest {
        Rest { value, members: BTreeSet::new(), items: BTreeMap::new() }
    }

    /// Where in the body as it was sent a pointer into what remains leads: items behind one that is gone have moved up.
    fn in_body(&self, pointer: &str) -> String {
        let mut found = String::new();
        for part in pointer.split('/').skip(1) {
            let moved = self.items.get(&found).and_then(|gone| {
                let place = part.parse::<usize>().ok()?;
                Some(gone.iter().fold(place, |place, gone| if *gone <= place { place + 1 } else { place }).to_string())
            });
            found.push('/');
            found.push_str(moved.as_deref().unwrap_or(part));
        }
        found
    }

    /// Leaves out what stands at a pointer, or the object that lacks it. False where that is the body itself.
    fn leave_out(&mut self, pointer: &str) -> bool {
        let Some((around, part)) = pointer.rsplit_once('/') else { return false };
        let (sent, list) = (self.in_body(pointer), self.in_body(around));
        match self.value.pointer_mut(around) {
            Some(Value::Object(members)) => {
                if members.shift_remove(&unescaped(part)).is_none() {
                    return self.leave_out(around);
                }
                self.members.insert(sent);
            }
            Some(Value::Array(items)) => {
                let Some(place) = part.parse().ok().filter(|place| *place < items.len()) else { return false };
                items.remove(place);
                let sent: Option<usize> = sent.rsplit('/').next().and_then(|place| place.parse().ok());
                self.items.entry(list).or_default().extend(sent);
            }
            _ => return self.leave_out(around),
        }
        true
    }
}

/// A part of a pointer as the name it stands for (RFC 6901, 4).
fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
