package io.reelkeeper.timer;

/// What is done when timers of one kind are due.
///
/// A walk may run again after a crash, and beside itself: whatever it does must be safe to repeat.
/// If it throws, its timer stays and comes again.
public interface Walk {

  /// The kind of timer that this walk serves, such as `QUERY`.
  String kind();

  /// Does what is due.
  ///
  /// @param instance whose timer it was, as given when it was set
  void run(String instance);
}
