package io.reelkeeper.storage;

import io.reelkeeper.core.Destination;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The named destinations of the configuration, and what Agora is told about them.
@Component
public class StorageProfiles {

  /// Agora's limit, slashes between the elements included.
  private static final int LONGEST_PREFIX = 128;

  private static final Pattern PREFIX_ELEMENT = Pattern.compile("[a-zA-Z0-9]+");

  private final StorageSettings settings;

  StorageProfiles(StorageSettings settings) {
    this.settings = settings;
  }

  /// The profiles' names in alphabetical order.
  public SortedSet<String> names() {
    return new TreeSet<>(settings.storage().keySet());
  }

  /// The place that a profile means now; empty when there is no such profile.
  public Optional<Destination> resolve(String profile, List<String> prefix) {
    return Optional.ofNullable(settings.storage().get(profile))
        .map(found -> Place.of(found).below(profile, prefix));
  }

  /// The place of a profile, no folder of it.
  static Destination place(String name, StorageSettings.Profile profile) {
    return Place.of(profile).below(name, List.of());
  }

  /// What is wrong with the folders of a request, in Agora's terms; empty when they are fine.
  public static Optional<String> prefixProblem(List<String> prefix) {
    for (String element : prefix) {
      if (!PREFIX_ELEMENT.matcher(element).matches()) {
        return Optional.of("each element must be one or more of a-z, A-Z, 0-9");
      }
    }
    // Agora puts a slash behind every element, the last one too.
    int length = prefix.stream().mapToInt(element -> element.length() + 1).sum();
    return length <= LONGEST_PREFIX
        ? Optional.empty()
        : Optional.of(
            "all elements with a slash behind each may have %d characters, these have %d"
                .formatted(LONGEST_PREFIX, length));
  }

  /// Agora's `storageConfig` for the fixed place, with the credentials that the profile has now.
  ///
  /// The result holds secrets.
  ///
  /// @throws DestinationChanged when the profile leads elsewhere by now
  /// @throws TokenUnreadable when the profile's token file cannot be read
  public ObjectNode storageConfig(Destination fixed) {
    StorageSettings.Profile profile = settings.storage().get(fixed.profile());
    if (profile == null) {
      throw new DestinationChanged(fixed.profile(), List.of("profile"));
    }
    Place place = Place.of(profile);
    Destination now = place.below(fixed.profile(), fixed.prefix());
    if (!now.fingerprint().equals(fixed.fingerprint())) {
      throw new DestinationChanged(fixed.profile(), differences(fixed, now));
    }
    ObjectNode config =
        JsonNodeFactory.instance
            .objectNode()
            .put("vendor", place.vendor.number())
            .put("region", place.region.number())
            .put("bucket", place.bucket)
            .put("accessKey", profile.accessKey())
            .put("secretKey", profile.secretKey());
    StorageSettings.Sts sts = profile.sts();
    if (sts != null && sts.tokenFile() != null) {
      StsToken token = StsToken.read(fixed.profile(), sts.tokenFile());
      config
          .put("accessKey", token.accessKey())
          .put("secretKey", token.secretKey())
          .put("stsToken", token.token())
          .put("stsExpiration", token.expires().getEpochSecond());
    }
    if (!fixed.prefix().isEmpty()) {
      var folders = config.putArray("fileNamePrefix");
      fixed.prefix().forEach(folders::add);
    }
    if (place.endpoint != null) {
      config.putObject("extensionParams").put("endpoint", Endpoint.host(place.endpoint));
    }
    return config;
  }

  /// A profile's token file is missing, or is not what it should be. Never tells what is in it.
  public static final class TokenUnreadable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TokenUnreadable(String profile, String problem) {
      super("the token file of storage profile %s %s".formatted(profile, problem));
    }
  }

  private static List<String> differences(Destination fixed, Destination now) {
    var fields = new ArrayList<String>();
    if (!fixed.vendor().equals(now.vendor())) {
      fields.add("vendor");
    }
    if (!fixed.region().equals(now.region())) {
      fields.add("region");
    }
    if (!fixed.bucket().equals(now.bucket())) {
      fields.add("bucket");
    }
    if (!Objects.equals(fixed.endpoint(), now.endpoint())) {
      fields.add("endpoint");
    }
    return fields.isEmpty() ? List.of("fingerprint") : fields;
  }

  /// A profile without its credentials and its name: the place alone.
  private record Place(
      Vendor vendor, Vendor.Region region, String bucket, @Nullable String endpoint) {

    /// The settings were checked at start, so that nothing is missing here.
    static Place of(StorageSettings.Profile profile) {
      Vendor vendor = Vendor.ofWord(profile.vendor()).orElseThrow();
      URI endpoint = profile.endpoint();
      return new Place(
          vendor,
          vendor.region(profile.regionText()).orElseThrow(),
          profile.bucket(),
          endpoint == null ? null : Endpoint.canonical(endpoint));
    }

    Destination below(String profile, List<String> prefix) {
      return new Destination(
          profile, vendor.word(), region.name(), bucket, endpoint, prefix, fingerprint(prefix));
    }

    /// Each value goes in behind its length, so that no two places are written alike.
    private String fingerprint(List<String> prefix) {
      var written = new StringBuilder();
      write(written, String.valueOf(vendor.number()));
      write(written, String.valueOf(region.number()));
      write(written, bucket);
      write(written, endpoint == null ? "" : endpoint);
      prefix.forEach(element -> write(written, element));
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-256")
                .digest(written.toString().getBytes(StandardCharsets.UTF_8));
        return "sha256:" + HexFormat.of().formatHex(digest);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e); // every JDK has it
      }
    }

    private static void write(StringBuilder written, String value) {
      written.append(value.length()).append(':').append(value).append(',');
    }
  }
}
