//! A small part of the torture, in every test run. All of it is `cargo xtask torture`.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use aidb_sandbox::Effect;
use aidb_test_torture::ground::{Ground, Programs, Server};
use aidb_test_torture::report::Tally;
use aidb_test_torture::scenario::{IMPORT, PROMOTION, ROLLBACK, Stand, stand};
use aidb_test_torture::syscalls::Victim;
use aidb_test_torture::{damage, network, power, requests, syscalls};
use aidb_testkit::programs::{Program, path_of};

fn ground() -> Ground {
    let programs = Programs { aidb: path_of(Program::Aidb), sandbox: path_of(Program::Sandbox) };
    Ground::new(&programs).expect("the ground is prepared")
}

#[expect(clippy::print_stdout, reason = "the numbers are what the matrix is for")]
fn nothing_lost(rule: &str, tally: &Tally, points: usize) {
    println!("{rule}: {tally}");
    assert!(tally.lost.is_empty(), "{:#?}", tally.lost);
    assert!(tally.points >= points, "only {} points were tried", tally.points);
}

#[test]
fn r1_killed_at_requests_of_an_import_a_promotion_and_a_rollback_nothing_is_lost() {
    let ground = ground();
    for (scenario, points) in [(IMPORT, 12), (PROMOTION, 12), (ROLLBACK, 6)] {
        let extent = requests::Extent { in_flight: 1, step: 3 };
        nothing_lost("R1", &requests::matrix(&ground, &scenario, extent).expect("it goes on"), points);
    }
}

#[test]
fn r1_a_recovery_that_is_killed_at_its_requests_is_taken_up_by_the_next() {
    let extent = requests::Extent { in_flight: 1, step: 9 };
    nothing_lost("R1", &requests::recovery_matrix(&ground(), &IMPORT, extent).expect("it goes on"), 4);
}

#[test]
fn r1_killed_at_writes_of_the_store_nothing_is_lost() {
    let ground = ground();
    let extent = syscalls::Extent { step: 11 };
    nothing_lost("R1", &syscalls::kill_matrix(&ground, &IMPORT, Victim::Command, extent).expect("it goes on"), 20);
    nothing_lost("R1", &syscalls::kill_matrix(&ground, &IMPORT, Victim::Recovery, extent).expect("it goes on"), 8);
}

#[test]
fn r4_refused_writes_of_the_store_leave_no_change_without_a_backup() {
    let extent = syscalls::Extent { step: 43 };
    nothing_lost("R4", &syscalls::refusal_matrix(&ground(), &IMPORT, extent).expect("it goes on"), 30);
}

#[test]
fn r4_the_first_start_can_be_refused_or_killed_anywhere_and_the_store_opens_afterwards() {
    let extent = syscalls::Extent { step: 43 };
    nothing_lost("R4", &syscalls::first_start_matrix(&ground(), extent).expect("it goes on"), 10);
}

#[test]
fn r4_when_a_request_leaves_that_changes_something_all_that_was_written_is_forced_to_the_disk() {
    for seen in power::all(&ground()).expect("it goes on") {
        println!("R4: {seen}");
        assert!(seen.early.is_empty(), "{:#?}", seen.early);
        assert!(seen.requests > 0 && seen.forced > 0, "nothing was seen: {seen:?}");
    }
}

#[test]
fn a_half_done_import_is_neither_the_old_state_nor_the_new_one() {
    let ground = ground();
    let new = IMPORT.goal(&ground).expect("undisturbed");
    let ready = IMPORT.prepare(&ground, 1).expect("prepared");
    let point = requests::Point { server: Server::Target, nth: 8, effect: Effect::After };
    let kill = requests::kill_at(&ground, point, &ready.arguments).expect("it goes on");
    assert!(matches!(kill, requests::Kill::Struck), "{kill:?}");
    let half = ground.server(Server::Target).state().expect("the sandbox answers");
    assert!(stand(&half, &ready.old, &new).is_err(), "the matrix would not see a loss");
    assert_eq!(stand(&new, &ready.old, &new), Ok(Stand::New));
    assert_eq!(stand(&ready.old, &ready.old, &new), Ok(Stand::Old));
}

#[test]
fn r3_a_network_fault_at_the_first_a_middle_and_the_last_request_is_done_or_put_back() {
    nothing_lost("R3", &network::matrix(&ground(), &IMPORT).expect("it goes on"), 72);
}

#[test]
fn r3_a_server_that_is_gone_for_long_leaves_what_the_next_start_recovers() {
    nothing_lost("R3", &network::outage(&ground(), &IMPORT).expect("it goes on"), 3);
}

#[test]
fn r5_a_flipped_bit_or_a_cut_in_a_backup_is_caught_before_the_first_request() {
    let damages = damage::matrix(&ground(), 61).expect("it goes on");
    println!("R5: {} damages, {} not caught", damages.tried, damages.missed.len());
    assert!(damages.missed.is_empty(), "{:#?}", damages.missed);
    assert!(damages.tried > 20, "only {} were tried", damages.tried);
}
