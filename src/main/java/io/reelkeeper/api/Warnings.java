package io.reelkeeper.api;

import io.reelkeeper.core.Mode;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.state.Policy;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// What a caller should know of a request that is taken all the same.
@Component
class Warnings {

  static final String HEADER = "Reelkeeper-Warning";

  /// A short break is two minutes; whoever goes and comes back in it should not end the recording.
  private static final Duration SHORT_BREAK = Duration.ofSeconds(120);

  private final Policy policy;

  Warnings(Policy policy) {
    this.policy = policy;
  }

  /// In ASCII, as a header has it; empty when there is nothing to say.
  Optional<String> of(Opening opening) {
    JsonNode seconds = opening.request().path("recording").path("maxIdleTime");
    if (opening.mode() == Mode.WEB || !seconds.isIntegralNumber()) {
      return Optional.empty();
    }
    Duration idle = Duration.ofSeconds(seconds.longValue());
    Duration least =
        policy.monitorInterval().compareTo(SHORT_BREAK) > 0
            ? policy.monitorInterval()
            : SHORT_BREAK;
    return idle.compareTo(least) >= 0
        ? Optional.empty()
        : Optional.of(
            "recording.maxIdleTime is %d s: the recording ends in every break that is longer, and"
                    .formatted(idle.toSeconds())
                + " between two queries nobody would notice; %d s or more are advised, 300 is the"
                    .formatted(least.toSeconds())
                + " default");
  }
}
