package io.reelkeeper.bench.ground;

import io.reelkeeper.bench.ground.QuickAgora.Arrival;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/// How late queries came, seen from Agora.
///
/// Each recording has its own place in the interval of the monitor, which comes from its session's
/// id; and the sid of a copy is its session's id. So whoever sees a query knows when it was due.
public final class Lateness {

  private static final Pattern COPY = Pattern.compile("[0-9a-f]{32}");

  private final double[] millis;

  public Lateness(List<Arrival> arrivals, Duration interval) {
    this.millis =
        arrivals.stream()
            .filter(arrival -> arrival.operation().equals("query"))
            .filter(arrival -> COPY.matcher(arrival.about()).matches())
            .mapToDouble(arrival -> late(arrival, interval.toMillis()))
            .sorted()
            .toArray();
  }

  private static double late(Arrival arrival, long interval) {
    long low =
        new UUID(0, Long.parseUnsignedLong(arrival.about(), 16, 32, 16)).getLeastSignificantBits();
    return Math.floorMod(arrival.millis() - Math.floorMod(low, interval), interval);
  }

  public int count() {
    return millis.length;
  }

  public double percentile(int percent) {
    return millis.length == 0
        ? Double.NaN
        : millis[Math.min(millis.length - 1, millis.length * percent / 100)];
  }
}
