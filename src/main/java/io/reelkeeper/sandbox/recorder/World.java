package io.reelkeeper.sandbox.recorder;

import io.reelkeeper.sandbox.files.Bucket;
import io.reelkeeper.sandbox.http.Browser;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/// What all recorders share.
///
/// @param slice length of a TS file
/// @param sliceLimit most bytes of one file
/// @param channels a channel by its name
/// @param pageAliveEvery how often the probe of a recorded page reports
/// @param browser what recorded pages reach the network with
/// @param changed told when the ledger should know of a change
public record World(
    Duration slice,
    long sliceLimit,
    Timeline timeline,
    Teller teller,
    Bucket bucket,
    Function<String, Channel> channels,
    Duration pageAliveEvery,
    Browser browser,
    Consumer<Recorder> changed,
    RandomGenerator random,
    Outside outside) {

  /// Where events go.
  public interface Teller {
    void tell(String app, int eventType, ObjectNode payload, Instant at);
  }

  /// Work that may take long: it runs outside the lock, what follows is under it again.
  public interface Outside {
    <T> void run(Supplier<T> work, BiConsumer<T, Instant> then, Instant at);
  }
}
