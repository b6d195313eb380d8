//! Ports that nobody else gets.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A bound port of 127.0.0.1 on which nothing listens: connections are refused, and no other program is given it.
///
/// A port that was only let go is handed to whoever asks next, and then answers. A server that sets `SO_REUSEADDR`, as
/// tokio's and libsoup's do, can listen on a reserved port on Linux.
#[derive(Debug)]
pub struct ReservedPort {
    socket: TcpSocket,
}

impl ReservedPort {
    /// Any free port.
    ///
    /// # Errors
    /// When no port is free.
    pub fn any() -> io::Result<Self> {
        Self::at(0)
    }

    /// This port; 0 for any free one.
    ///
    /// # Errors
    /// When another program has it.
    pub fn at(port: u16) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        Ok(Self { socket })
    }

    /// The number of the port.
    ///
    /// # Errors
    /// When the system does not tell it.
    pub fn number(&self) -> io::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_reserved_port_refuses_and_is_given_to_a_server_that_names_it() {
        let reserved = ReservedPort::any().unwrap();
        let port = reserved.number().unwrap();
        let refused = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        // std sets SO_REUSEADDR as well.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        drop(listener);
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap_err();
    }

    /// Some 28,000 ports are handed out; without a reservation one of so many sockets gets the one that was let go.
    #[test]
    fn nobody_else_is_given_a_reserved_port() {
        let reserved = ReservedPort::any().unwrap();
        for _ in 0..40_000 {
            let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            assert_ne!(other.local_addr().unwrap().port(), reserved.number().unwrap());
        }
    }
}
