//! Where a request came from, where proxies stand in front.

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

/// The proxies whose word is taken for where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl FromStr for TrustedProxies {
    type Err = String;

    /// Reads addresses and networks with commas between; what is none is the error.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let read = |part: &str| {
            part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).map_err(|_| part.to_owned())
        };
        parts.map(read).collect::<Result<_, _>>().map(TrustedProxies)
    }
}

impl TrustedProxies {
    /// The last address on the way that is no trusted proxy. `X-Forwarded-For` is read, or `Forwarded` where there is none; from its end,
    /// because whatever stands before the word of a trusted proxy may be made up.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut last = peer.to_canonical();
        if self.0.is_empty() || !self.trusts(last) {
            return last;
        }
        for hop in hops(headers).iter().rev() {
            let Some(address) = address(hop) else { break };
            last = address.to_canonical();
            if !self.trusts(last) {
                break;
            }
        }
        last
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The hops as they are written, from the client to the last proxy.
fn hops(headers: &HeaderMap) -> Vec<String> {
    let lines = |name: HeaderName| -> Vec<String> {
        let texts = headers.get_all(name).filter_map(|value| value.to_str().ok());
        texts.flat_map(|text| text.split(',')).map(|hop| hop.trim().to_owned()).collect()
    };
    let plain = lines(HeaderName::from_static("x-forwarded-for"));
    if !plain.is_empty() {
        return plain;
    }
    let sender = |element: String| {
        let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
        let mut senders = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
        senders.next().map(|(_, value)| value.trim_matches('"').to_owned()).unwrap_or_default()
    };
    lines(FORWARDED).into_iter().map(sender).collect()
}

/// `192.0.2.7`, `192.0.2.7:5000`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:5000`.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn the_last_hop_that_nobody_trusts_is_the_client() {
        let proxies: TrustedProxies = "192.0.2.7, 10.0.0.0/8, 2001:db8::/32".parse().unwrap();
        let client = |peer: &str, lines: &[(&str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(name.parse().unwrap(), HeaderValue::from_str(value).unwrap());
            }
            proxies.client(peer.parse().unwrap(), &headers).to_string()
        };
        let plain = "X-Forwarded-For";
        for (peer, lines, expected) in [
            ("192.0.2.7", &[][..], "192.0.2.7"),
            ("192.0.2.7", &[(plain, "198.51.100.4")], "198.51.100.4"),
            ("::ffff:192.0.2.7", &[(plain, "198.51.100.4:5000")], "198.51.100.4"),
            ("192.0.2.7", &[(plain, "203.0.113.9, 198.51.100.4, 10.1.2.3")], "198.51.100.4"),
            ("192.0.2.7", &[(plain, "203.0.113.9"), (plain, "198.51.100.4")], "198.51.100.4"),
            ("192.0.2.7", &[(plain, "203.0.113.9, nonsense, 10.1.2.3")], "10.1.2.3"),
            ("192.0.2.7", &[(plain, "10.9.9.9, 10.1.2.3")], "10.9.9.9"),
            ("192.0.2.7", &[("Forwarded", "for=203.0.113.9, For=\"[2001:db9::4]:4711\";proto=https")], "2001:db9::4"),
            ("192.0.2.7", &[("Forwarded", "for=203.0.113.9"), (plain, "198.51.100.4")], "198.51.100.4"),
            ("192.0.2.7", &[("Forwarded", "for=unknown")], "192.0.2.7"),
            ("198.51.100.9", &[(plain, "203.0.113.9")], "198.51.100.9"),
        ] {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
        assert_eq!("10.0.0.0/8, proxy".parse::<TrustedProxies>(), Err("proxy".to_owned()));
    }
}
