//! Whom it does not call.

use std::sync::atomic::Ordering;

use labelmesh_outbound::{Fault, Limits};

use super::{Server, connect, egress, faults, get, lenient, tunnel};
use crate::support::Names;

/// Limits that a table of attempts does not reach.
fn wide() -> Limits {
    Limits { hosts: 1000, requests: 1000, ..Limits::default() }
}

#[tokio::test]
async fn addresses_of_this_machine_are_refused_however_they_are_written() {
    let server = Server::echo().await;
    let names = Names::say(&[&["127.0.0.1"]]);
    let port = server.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0x7f000001",
        "0X7F000001",
        "0x7f.1",
        "0x7F.0.0.0x1",
        "127.0.0.1.",
        "0x7f.1.",
        "0",
        "0.0.0.0",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::FFFF:0:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "169.254.169.254",
        "2852039166",
        "[fd00:ec2::254]",
    ] {
        // Each has one of its own, which tells why.
        let egress = egress(&names, &[], wide());
        assert_eq!(get(&egress, &format!("http://{host}:{port}/")).await, 403, "{host}");
        assert_eq!(connect(&egress, &format!("{host}:{port}")).await, 403, "{host}");
        assert_eq!(get(&egress, &format!("http://{host}/")).await, 403, "{host}");
        assert_eq!(connect(&egress, &format!("{host}:443")).await, 403, "{host}");
        assert!(matches!(&*faults(&egress), [(_, Fault::AddressRefused)]), "{host}: {:?}", faults(&egress));
    }
    assert_eq!((server.connections(), names.asked.load(Ordering::SeqCst)), (0, 0));
}

#[tokio::test]
async fn what_is_no_host_and_no_url_of_http_is_refused() {
    let server = Server::echo().await;
    let egress = egress(&Names::say(&[&["127.0.0.1"]]), &["127.0.0.0/8"], wide());
    let port = server.port();
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("gopher://127.0.0.1:{port}/"),
        format!("ws://127.0.0.1:{port}/"),
        format!("file://127.0.0.1:{port}/etc/passwd"),
        "file:///etc/passwd".to_owned(),
        "/".to_owned(),
        "*".to_owned(),
        format!("http://ada@127.0.0.1:{port}/"),
        format!("http://ada:secret@127.0.0.1:{port}/"),
        format!("http://1.1.1.1:80@127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}@1.1.1.1/"),
        "http://127.0.0.1:99999/".to_owned(),
        "http://127.0.0.1:-1/".to_owned(),
        format!("http://127.0.0.1:{port}:{port}/"),
        format!("http://[::1%25lo]:{port}/"),
        format!("http://[127.0.0.1]:{port}/"),
        format!("http://127.0.0.1\\:{port}/"),
        format!("http://%31%32%37.0.0.1:{port}/"),
        format!("http://①②⑦.⓪.⓪.①:{port}/"),
        format!("http://127。0。0。1:{port}/"),
        "http://999.1.1.1/".to_owned(),
        "http:///".to_owned(),
        format!("http://{}/", "a".repeat(300)),
    ] {
        let status = get(&egress, &url).await;
        assert!(matches!(status, 400 | 403), "{url}: {status}");
    }
    for authority in ["127.0.0.1", "", ":", ":80", "/", "ada@127.0.0.1:80", "127.0.0.1:99999", "http://127.0.0.1:80/"] {
        let status = connect(&egress, authority).await;
        assert!(matches!(status, 400 | 403), "{authority}: {status}");
    }
    assert!(faults(&egress).iter().all(|(_, fault)| *fault == Fault::UrlInvalid), "{:?}", faults(&egress));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn other_ports_than_those_of_the_web_are_refused_but_where_an_address_is_allowed() {
    let names = Names::say(&[&["1.1.1.1"]]);
    let strict = egress(&names, &[], wide());
    for port in [0, 22, 25, 81, 8080, 8443, 65535] {
        assert_eq!(connect(&strict, &format!("1.1.1.1:{port}")).await, 403);
        assert_eq!(get(&strict, &format!("http://page.test:{port}/")).await, 403);
    }
    assert_eq!(
        faults(&strict),
        [("1.1.1.1".to_owned(), Fault::PortRefused), ("page.test".to_owned(), Fault::PortRefused)]
    );
    let server = Server::echo().await;
    drop(tunnel(&lenient(wide()), &format!("127.0.0.1:{}", server.port())).await);
    // One address that is allowed does not open the port at another of the same host.
    let both = egress(&Names::say(&[&["127.0.0.1", "1.1.1.1"]]), &["127.0.0.0/8"], wide());
    assert_eq!(connect(&both, &format!("page.test:{}", server.port())).await, 403);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_a_name_stands_for_is_judged() {
    let server = Server::echo().await;
    for addresses in [
        ["127.0.0.1"].as_slice(),
        &["::1"],
        &["0.0.0.0"],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["2002:7f00:1::1"],
        &["93.184.215.14", "127.0.0.1"],
        &["127.0.0.1", "2606:4700:4700::1111"],
    ] {
        let egress = egress(&Names::say(&[addresses]), &[], wide());
        for host in
            ["page.test", "PAGE.test", "page.test.", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.nip.test"]
        {
            assert_eq!(connect(&egress, &format!("{host}:{}", server.port())).await, 403, "{host}: {addresses:?}");
            assert_eq!(get(&egress, &format!("http://{host}:{}/", server.port())).await, 403, "{host}: {addresses:?}");
        }
        assert!(faults(&egress).iter().all(|(_, fault)| *fault == Fault::AddressRefused), "{addresses:?}");
    }
    assert_eq!(server.connections(), 0);
}

/// DNS rebinding: a name that is judged as one address and connected to as another.
#[tokio::test]
async fn a_name_is_resolved_once_for_each_connection_and_judged_each_time() {
    let server = Server::echo().await;
    let rebinding = Names::say(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let egress = egress(&rebinding, &["127.0.0.2/32"], wide());
    let place = format!("page.test:{}", server.port());
    // Nobody listens at the first address, and the second one is not tried.
    assert_eq!(connect(&egress, &place).await, 502);
    assert_eq!(rebinding.asked.load(Ordering::SeqCst), 1);
    for _ in 0..3 {
        assert_eq!(connect(&egress, &place).await, 403);
        assert_eq!(get(&egress, &format!("http://{place}/")).await, 403);
    }
    assert_eq!(rebinding.asked.load(Ordering::SeqCst), 7);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn what_chromium_asks_for_by_itself_is_refused_and_counts_for_nothing() {
    let names = Names::say(&[&["127.0.0.1"]]);
    let egress = egress(&names, &["127.0.0.0/8"], wide());
    for host in ["accounts.google.com", "update.googleapis.com", "clients2.google.com", "Clients2.Google.com."] {
        assert_eq!(connect(&egress, &format!("{host}:443")).await, 403, "{host}");
        assert_eq!(get(&egress, &format!("http://{host}/")).await, 403, "{host}");
    }
    let usage = egress.usage();
    assert_eq!((usage.requests, usage.hosts, usage.refused.len(), usage.over), (0, 0, 0, None));
    assert_eq!(names.asked.load(Ordering::SeqCst), 0);
}
