package io.reelkeeper.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Patience as a list of waits: the n-th failure is followed by the n-th wait.
public record Backoff(List<Duration> waits) {

  public Backoff {
    waits = List.copyOf(waits);
  }

  public static Backoff of(Duration... waits) {
    return new Backoff(List.of(waits));
  }

  /// The pause after so many failures in a row (1 is the first), none when patience is used up.
  public Optional<Duration> after(int failures) {
    return failures >= 1 && failures <= waits.size()
        ? Optional.of(waits.get(failures - 1))
        : Optional.empty();
  }

  /// The pause after so many failures in a row, repeating the last wait for ever.
  public Duration afterOrLast(int failures) {
    return waits.get(Math.clamp(failures - 1, 0, waits.size() - 1));
  }
}
