package io.reelkeeper.timer;

import java.util.List;

/// The timer whose walk runs in this thread, and whether the walk has changed it.
///
/// A changed timer is not the row any more that was picked, so that there is nothing to finish: one
/// statement less for nearly every walk.
final class OwnTimer {

  private static final ScopedValue<OwnTimer> RUNNING = ScopedValue.newInstance();

  private final String kind;
  private final String instance;
  private boolean changed;

  OwnTimer(String kind, String instance) {
    this.kind = kind;
    this.instance = instance;
  }

  void during(Runnable walk) {
    ScopedValue.where(RUNNING, this).run(walk);
  }

  /// These changes were committed by this thread.
  static void changed(List<TimerChange> changes) {
    if (RUNNING.isBound()) {
      OwnTimer own = RUNNING.get();
      own.changed |=
          changes.stream()
              .anyMatch(
                  change ->
                      change.kind().equals(own.kind) && change.instance().equals(own.instance));
    }
  }

  boolean isChanged() {
    return changed;
  }
}
