package io.reelkeeper.control;

import io.reelkeeper.core.Destination;
import io.reelkeeper.storage.DestinationChanged;
import io.reelkeeper.storage.StorageProfiles;
import io.reelkeeper.storage.StorageProfiles.TokenUnreadable;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The `storageConfig` of now: with a token that still lives, where the profile has one.
@Component
class StorageCredentials {

  private final StorageProfiles profiles;
  private final Clock clock;

  StorageCredentials(StorageProfiles profiles, Clock clock) {
    this.profiles = profiles;
    this.clock = clock;
  }

  /// The storage token is missing or has ended: somebody has to bring a new one.
  static final class Unusable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Unusable(String why) {
      super(why);
    }
  }

  /// The result holds secrets.
  ///
  /// @throws Unusable when there is no storage token that could be used
  /// @throws ClientRequests.NotAsAccepted when the place is another one by now
  ObjectNode storageConfig(Destination fixed) {
    ObjectNode config;
    try {
      config = profiles.storageConfig(fixed);
    } catch (DestinationChanged changed) {
      throw new ClientRequests.NotAsAccepted("destination-changed", changed);
    } catch (TokenUnreadable unreadable) {
      throw new Unusable(String.valueOf(unreadable.getMessage()));
    }
    Instant ends = ends(config);
    if (ends != null && !ends.isAfter(clock.instant())) {
      throw new Unusable("the storage token of profile %s has ended".formatted(fixed.profile()));
    }
    return config;
  }

  /// When the storage token ends, null without one.
  static @Nullable Instant ends(JsonNode storageConfig) {
    return storageConfig.has("stsExpiration")
        ? Instant.ofEpochSecond(storageConfig.path("stsExpiration").longValue())
        : null;
  }
}
