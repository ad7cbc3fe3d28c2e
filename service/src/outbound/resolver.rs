//! Which addresses a client connects to.
//!
//! Templates and forms name hosts. Networks of companies are theirs, and so is this machine; but at link-local
//! addresses clouds keep the credentials of machines, and no repository. Behind a proxy it is the proxy that looks names
//! up. The invariant: whatever a name is said to be at the moment of connecting is judged, not what it was before.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where a cloud answers its machines over IPv6.
const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// Whether it may be the address of a server: not where clouds keep credentials, nor one of no machine or of many.
pub(crate) fn may_be_a_server(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => {
            !(four.is_link_local() || four.is_unspecified() || four.is_multicast() || four.is_broadcast())
        }
        IpAddr::V6(six) => {
            !(six.is_unicast_link_local() || six.is_unspecified() || six.is_multicast() || six == METADATA)
        }
    }
}

/// Looks names up as the system does, and leaves out what is no server's.
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let servers: Vec<SocketAddr> =
                found.iter().copied().filter(|one| may_be_a_server(one.ip())).collect();
            match found.first() {
                Some(first) if servers.is_empty() => {
                    let why = format!("the name leads to {}, which is no address of a server", first.ip());
                    Err(io::Error::new(io::ErrorKind::PermissionDenied, why).into())
                }
                _ => Ok(Box::new(servers.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(text: &str) -> bool {
        may_be_a_server(text.parse().unwrap())
    }

    #[test]
    fn where_clouds_keep_credentials_is_no_server() {
        for text in ["169.254.169.254", "169.254.170.2", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254"]
        {
            assert!(!may(text), "{text}");
        }
        for text in ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"] {
            assert!(!may(text), "{text}");
        }
    }

    #[test]
    fn servers_of_a_company_and_of_this_machine_are_servers() {
        for text in
            ["140.82.121.4", "10.0.0.1", "192.168.1.1", "127.0.0.1", "::1", "fd12:3456::1", "2606:50c0::1"]
        {
            assert!(may(text), "{text}");
        }
    }

    #[tokio::test]
    async fn names_are_looked_up() {
        let mut found = Resolver.resolve("localhost".parse().unwrap()).await.unwrap();

        assert!(found.all(|one| one.ip().is_loopback()));
    }
}
