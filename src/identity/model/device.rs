//! Where a person signs in from.

/// Longest name of a device that is kept, in characters.
const LONGEST: usize = 200;

/// The program and the address of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// What it says it is (`User-Agent`), cut.
    pub name: String,
    /// Its address.
    pub address: String,
    /// The network of the address that limits count as one.
    pub network: String,
}

impl Device {
    /// Cuts what a client says to what is worth keeping.
    pub fn new(name: &str, address: std::net::IpAddr, network: std::net::IpAddr) -> Self {
        let name = name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        Self { name, address: address.to_string(), network: network.to_string() }
    }
}
