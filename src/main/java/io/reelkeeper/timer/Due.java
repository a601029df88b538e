package io.reelkeeper.timer;

import java.time.Instant;

/// A timer that was picked to be run.
///
/// @param version of the row as it was picked; whoever changes the timer meanwhile makes it grow
/// @param failures in a row before this run
record Due(String kind, String instance, Instant at, long version, int failures) {}
