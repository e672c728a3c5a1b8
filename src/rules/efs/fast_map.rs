//! Maps for what is many.

use std::collections::HashMap;

/// A map with a fast hasher, seeded anew in each process. Nothing ever depends on its order.
pub(crate) type FastMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
