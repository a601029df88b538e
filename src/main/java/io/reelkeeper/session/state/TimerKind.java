package io.reelkeeper.session.state;

/// The timers of a session; what each is for is said by the walk that serves it. The instance of a
/// timer is `<session>/<task number>`.
public enum TimerKind {
  /// Try the start of a task.
  START(40),
  /// Ask Agora how a task is.
  QUERY(10),
  /// Stop a task, again and again until its end is proven.
  STOP(50),
  /// A start of unknown outcome: the time for a notice is over.
  SETTLE(30),
  /// The recorder left an empty channel: look whether somebody came.
  PRESENCE(20),
  /// Event 13 is late: judge whether that means anything.
  HA(60),
  /// The recorded page has not reported itself for too long.
  PAGE(25),
  /// Bring a task to what was changed since its start.
  UPDATE(45),
  /// Send a fresh storage token.
  CREDENTIALS(45),
  /// The RTC token of the recorder ends soon: another recorder with a new one takes over.
  TOKEN(30),
  /// The recorder will soon be beyond our control.
  EXPIRY(30),
  /// Look whether the files of an ended task got to where they belong.
  AUDIT(5);

  private final int priority;

  TimerKind(int priority) {
    this.priority = priority;
  }

  /// Higher goes first when many are due: commands before polling.
  public int priority() {
    return priority;
  }
}
