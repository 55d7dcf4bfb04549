//! Who may connect: so many in all, and so many from one network.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;

use crate::config;
use crate::kernel::network::client_network;

/// Counts who is inside.
pub(super) struct Door {
    inside: Mutex<Inside>,
    most: usize,
    most_of_one: usize,
    /// Proxies of ours stand for many clients.
    trusted: Vec<IpNet>,
}

#[derive(Default)]
struct Inside {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// A connection that is inside until this is dropped.
pub(super) struct Guest {
    door: Arc<Door>,
    network: IpAddr,
}

impl Door {
    pub fn new(settings: &config::Server) -> Arc<Self> {
        Arc::new(Self {
            inside: Mutex::default(),
            most: settings.max_connections,
            most_of_one: settings.max_connections_per_client,
            trusted: settings.trusted_proxies.clone(),
        })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a client in if there is room.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Guest> {
        let address = address.to_canonical();
        let network = client_network(address);
        let is_proxy = self.trusted.iter().any(|trusted| trusted.contains(&address));
        let mut inside = self.inside();
        let of_it = inside.of.get(&network).copied().unwrap_or_default();
        if inside.all >= self.most || (of_it >= self.most_of_one && !is_proxy) {
            return None;
        }
        inside.all += 1;
        inside.of.insert(network, of_it + 1);
        Some(Guest { door: self.clone(), network })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut inside = self.door.inside();
        inside.all -= 1;
        match inside.of.get_mut(&self.network) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                inside.of.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door() -> Arc<Door> {
        Arc::new(Door {
            inside: Mutex::default(),
            most: 4,
            most_of_one: 2,
            trusted: vec!["10.0.0.0/8".parse().unwrap()],
        })
    }

    #[test]
    fn one_client_leaves_room_for_others() {
        let door = door();
        let enter = |text: &str| door.enter(text.parse().unwrap());
        let first = enter("192.0.2.1");
        let second = enter("192.0.2.1");
        assert!(first.is_some() && second.is_some() && enter("192.0.2.1").is_none());
        let others = (enter("192.0.2.2"), enter("2001:db8::1"));
        assert!(others.0.is_some() && others.1.is_some() && enter("192.0.2.3").is_none());
        drop(first);
        assert!(enter("192.0.2.1").is_some());
    }

    #[test]
    fn a_proxy_of_ours_is_not_one_client() {
        let door = door();
        let inside: Vec<_> = (0..5).map(|_| door.enter("10.0.0.1".parse().unwrap())).collect();
        assert_eq!(inside.iter().flatten().count(), 4);
        drop(inside);
        assert!(door.inside().of.is_empty());
        assert_eq!(door.inside().all, 0);
    }
}
