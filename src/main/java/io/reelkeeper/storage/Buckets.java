package io.reelkeeper.storage;

import io.reelkeeper.core.Destination;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/// The buckets of all profiles, each opened when it is first looked into.
@Component
public class Buckets implements DisposableBean {

  /// Another profile's bucket.
  ///
  /// @param profile the first profile, by name, that leads there
  /// @param bucket or why nobody may look into it
  public record Elsewhere(String profile, String vendor, String name, Seen<Bucket> bucket) {}

  private final StorageSettings settings;
  private final Clock clock;
  private final Map<String, Bucket> open = new ConcurrentHashMap<>();

  Buckets(StorageSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /// The bucket of a place that was fixed when its session was accepted: by the profile that it was
  /// named by, or by any other one that leads there now.
  public Seen<Bucket> of(Destination place) {
    StorageSettings.Profile named = settings.storage().get(place.profile());
    if (named != null && leadsTo(place, named)) {
      return of(place.profile(), named);
    }
    return new TreeMap<>(settings.storage())
        .entrySet().stream()
            .filter(profile -> leadsTo(place, profile.getValue()))
            .findFirst()
            .map(profile -> of(profile.getKey(), profile.getValue()))
            .orElseGet(
                () -> new Seen.Unreachable<>("no storage profile leads to this bucket any more"));
  }

  /// By profile, the buckets of all that are not marked write-only.
  public Map<String, Seen<Bucket>> readable() {
    var readable = new TreeMap<String, Seen<Bucket>>();
    settings
        .storage()
        .forEach(
            (name, profile) -> {
              if (!profile.writeOnly()) {
                readable.put(name, of(name, profile));
              }
            });
    return readable;
  }

  /// The buckets of all profiles that lead elsewhere, each bucket once.
  public List<Elsewhere> otherThan(Destination place) {
    var others = new ArrayList<Elsewhere>();
    var seen = new ArrayList<Destination>();
    new TreeMap<>(settings.storage())
        .forEach(
            (name, profile) -> {
              Destination there = StorageProfiles.place(name, profile);
              boolean known = seen.stream().anyMatch(it -> leadsTo(it, profile));
              if (!known && !leadsTo(place, profile)) {
                seen.add(there);
                others.add(new Elsewhere(name, there.vendor(), there.bucket(), of(name, profile)));
              }
            });
    return others;
  }

  private static boolean leadsTo(Destination place, StorageSettings.Profile profile) {
    Destination there = StorageProfiles.place(place.profile(), profile);
    return there.vendor().equals(place.vendor())
        && there.region().equals(place.region())
        && there.bucket().equals(place.bucket())
        && Objects.equals(there.endpoint(), place.endpoint());
  }

  private Seen<Bucket> of(String name, StorageSettings.Profile profile) {
    if (profile.writeOnly()) {
      return new Seen.Forbidden<>("the profile is marked write-only");
    }
    StorageSettings.Keys keys = profile.readingKeys();
    return keys.accessKey().isBlank() || keys.secretKey().isBlank()
        ? new Seen.Forbidden<>("the profile has no keys to read with")
        : new Seen.Readable<>(open.computeIfAbsent(name, _ -> opened(profile)));
  }

  private Bucket opened(StorageSettings.Profile profile) {
    StorageSettings.Keys keys = profile.readingKeys();
    return opened(profile, AwsBasicCredentials.create(keys.accessKey(), keys.secretKey()), clock);
  }

  /// @param keys of whatever vendor
  static Bucket opened(StorageSettings.Profile profile, AwsCredentials keys, Clock clock) {
    Address address = Address.of(profile);
    return profile.vendor().equals(Vendor.AZURE.word())
        ? new AzureBucket(
            profile.bucket(), address, keys.accessKeyId(), keys.secretAccessKey(), clock)
        : new S3Bucket(profile.bucket(), address, keys);
  }

  @Override
  public void destroy() {
    for (Bucket bucket : open.values()) {
      if (bucket instanceof S3Bucket s3) {
        s3.close();
      }
    }
    open.clear();
  }
}
