package io.reelkeeper.replay;

import java.util.List;

/// How a replay is told: line by line while it goes on, so that nothing has to be kept.
sealed interface Report permits JsonLines, Table {

  /// What the figures rest on; told with every report.
  List<String> ASSUMPTIONS =
      List.of(
          "Between two stored answers the good one holds, trouble begins when it was first seen,"
              + " and a recorder that went for good went right after it was last known to record.",
          "The n-th task takes the fate of the n-th task that really was, counted from its intent"
              + " and then from its sid. A task that never was starts at once and records until it"
              + " is stopped, and what was not watched any more is taken as well.",
          "The caller's stops, presence, and the end of what there was to record come at their own"
              + " time.",
          "The watchdog for event 13 says what it said then; where it was not asked, it acts if"
              + " notices of that task arrived.");

  void begin();

  void differs(Comparison comparison);

  void end(Totals totals);
}
