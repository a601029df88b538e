package io.reelkeeper.storage;

import io.reelkeeper.core.Destination;
import io.reelkeeper.core.Uuid7;
import java.time.Clock;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/// Finds out whether a recording could be stored at a place and found there again: writes a small
/// object with the keys that Agora would get, looks for it with our own, and removes it.
@Component
public class StorageProbe {

  /// @param key of the object
  /// @param written by the keys that Agora gets
  /// @param found by our own keys; null where it was not looked for
  /// @param removed false: it stays there, for nobody of us may remove it
  public record Outcome(
      String key, Seen<Boolean> written, @Nullable Seen<Boolean> found, boolean removed) {}

  private static final String NAME = "reelkeeper-probe";
  private static final String TEXT =
      "Written to see whether a recording could be stored here; may be deleted.\n";

  private final StorageSettings settings;
  private final Buckets buckets;
  private final Clock clock;
  private final RandomGenerator random;

  StorageProbe(StorageSettings settings, Buckets buckets, Clock clock, RandomGenerator random) {
    this.settings = settings;
    this.buckets = buckets;
    this.clock = clock;
    this.random = random;
  }

  /// @param place of a profile that there is
  public Outcome at(Destination place) {
    StorageSettings.Profile profile =
        Objects.requireNonNull(settings.storage().get(place.profile()));
    String key = key(place, profile);
    AwsCredentials keys;
    try {
      keys = keys(place, profile);
    } catch (StorageProfiles.TokenUnreadable e) {
      return new Outcome(key, new Seen.Forbidden<>(String.valueOf(e.getMessage())), null, true);
    }
    Bucket writer = Buckets.opened(profile, keys, clock);
    try {
      return look(place, profile, key, writer);
    } finally {
      if (writer instanceof S3Bucket s3) {
        s3.close();
      }
    }
  }

  private Outcome look(
      Destination place, StorageSettings.Profile profile, String key, Bucket writer) {
    Seen<Boolean> written = writer.write(key, TEXT);
    if (!(written instanceof Seen.Readable)) {
      return new Outcome(key, written, null, true);
    }
    if (profile.writeOnly()) {
      return new Outcome(key, written, null, writer.remove(key) instanceof Seen.Readable);
    }
    Seen<Bucket> reader = buckets.of(place);
    Seen<Boolean> found =
        switch (reader) {
          case Seen.Readable<Bucket>(Bucket bucket) -> found(bucket, key);
          default -> reader.failure();
        };
    boolean removed =
        writer.remove(key) instanceof Seen.Readable
            || (reader instanceof Seen.Readable<Bucket>(Bucket bucket)
                && bucket.remove(key) instanceof Seen.Readable);
    return new Outcome(key, written, found, removed);
  }

  private static Seen<Boolean> found(Bucket bucket, String key) {
    return switch (bucket.list(key, null)) {
      case Seen.Readable<Bucket.Page>(Bucket.Page page) ->
          page.objects().isEmpty() ? new Seen.Absent<>() : new Seen.Readable<>(true);
      case Seen<Bucket.Page> failed -> failed.failure();
    };
  }

  /// Where nobody may look or remove, always the same one: it must not become many.
  private String key(Destination place, StorageSettings.Profile profile) {
    String folders = String.join("", place.prefix().stream().map(it -> it + "/").toList());
    return folders
        + (profile.writeOnly() ? NAME : NAME + "-" + Uuid7.at(clock.instant(), random))
        + ".txt";
  }

  private static AwsCredentials keys(Destination place, StorageSettings.Profile profile) {
    StorageSettings.Sts sts = profile.sts();
    if (sts != null && sts.tokenFile() != null) {
      StsToken token = StsToken.read(place.profile(), sts.tokenFile());
      return AwsSessionCredentials.create(token.accessKey(), token.secretKey(), token.token());
    }
    return AwsBasicCredentials.create(profile.accessKey(), profile.secretKey());
  }
}
