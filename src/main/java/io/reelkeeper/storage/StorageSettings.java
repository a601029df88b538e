package io.reelkeeper.storage;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;

/// Our view of `reelkeeper.storage.<name>`: the only place where a destination is defined.
///
/// It checks itself, because what is valid depends on the vendor, and because the problems are told
/// without the values of secrets.
@Validated
@ConfigurationProperties("reelkeeper")
record StorageSettings(@DefaultValue Map<String, Profile> storage) implements Validator {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  StorageSettings {
    storage = Map.copyOf(storage);
  }

  /// @param region null where the vendor has none
  /// @param endpoint of an S3-compatible store
  /// @param writeOnly nobody may read the bucket: nothing is audited and no link is given
  /// @param audit how this service reads the bucket, where that differs
  /// @param sts where Agora is to write with credentials that end; the keys above are not sent then
  record Profile(
      @DefaultValue("") String vendor,
      @Nullable String region,
      @DefaultValue("") String bucket,
      @DefaultValue("") String accessKey,
      @DefaultValue("") String secretKey,
      @Nullable URI endpoint,
      @DefaultValue("false") boolean writeOnly,
      @Nullable Audit audit,
      @Nullable Sts sts) {

    @Override
    public String toString() {
      return "Profile[" + vendor + " " + region + " " + bucket + "]";
    }

    /// The keys that the audit reads with: its own, or those that Agora writes with.
    Keys readingKeys() {
      String own = audit == null ? null : audit.accessKey();
      String secret = audit == null ? null : audit.secretKey();
      return own == null || secret == null ? new Keys(accessKey, secretKey) : new Keys(own, secret);
    }

    private List<String> problems() {
      var problems = new ArrayList<String>();
      Vendor.ofWord(vendor)
          .ifPresentOrElse(
              known -> {
                if (known.region(regionText()).isEmpty()) {
                  problems.add(regionProblem(known));
                }
                if (known == Vendor.S3_COMPATIBLE && endpoint == null) {
                  problems.add(
                      "endpoint is missing; s3-compatible needs an address such as"
                          + " https://s3.example.com");
                }
                if (known != Vendor.S3_COMPATIBLE && endpoint != null) {
                  problems.add(
                      "endpoint is set, but only vendor s3-compatible has one; accepted: nothing");
                }
              },
              () ->
                  problems.add(
                      "vendor %s is unknown; accepted: %s"
                          .formatted(
                              quoted(vendor),
                              Stream.of(Vendor.values())
                                  .map(Vendor::word)
                                  .collect(Collectors.joining(", ")))));
      require("bucket", bucket, problems);
      require("access-key", accessKey, problems);
      require("secret-key", secretKey, problems);
      checkAddress("endpoint", endpoint, problems);
      if (sts != null) {
        if (sts.tokenFile == null) {
          problems.add("sts.token-file is missing; accepted: the path of a JSON file");
        }
        Vendor.ofWord(vendor)
            .filter(known -> !StsToken.VENDORS.contains(known))
            .ifPresent(
                _ ->
                    problems.add(
                        "sts is set, but Agora takes such tokens for aws, alibaba and tencent"
                            + " alone; accepted: nothing"));
      }
      if (audit != null) {
        checkAddress("audit.endpoint", audit.endpoint, problems);
        if ((audit.accessKey == null) != (audit.secretKey == null)) {
          problems.add(
              "audit has only one of access-key and secret-key; accepted: both or neither");
        }
      }
      return problems;
    }

    String regionText() {
      return region == null ? "" : region;
    }

    private String regionProblem(Vendor vendor) {
      String accepted =
          vendor.regions().isEmpty()
              ? "0 or nothing"
              : vendor.regions().stream()
                  .map(known -> known.name() + " (" + known.number() + ")")
                  .collect(Collectors.joining(", "));
      return "region %s is none of %s; accepted: %s"
          .formatted(quoted(regionText()), vendor.word(), accepted);
    }

    private static String quoted(String value) {
      return value.isEmpty() ? "(nothing)" : "\"" + value + "\"";
    }

    private static void require(String key, String value, List<String> problems) {
      if (value.isBlank()) {
        problems.add(key + " is missing; accepted: any text");
      }
    }

    /// Never tells the address itself: somebody may have written a password into it.
    private static void checkAddress(String key, @Nullable URI address, List<String> problems) {
      if (address != null && !Endpoint.isValid(address)) {
        problems.add(
            key
                + " is not an address of a store; accepted: http:// or https://, host and port"
                + " only");
      }
    }
  }

  /// @param tokenFile written by the operator's own rotation, see `StsToken`; read at each use
  record Sts(@Nullable Path tokenFile) {}

  record Keys(String accessKey, String secretKey) {

    @Override
    public String toString() {
      return "Keys[]";
    }
  }

  /// @param pathStyle the bucket stands in the path; by default where the endpoint is a number or a
  ///     name without a dot
  record Audit(
      @Nullable String accessKey,
      @Nullable String secretKey,
      @Nullable URI endpoint,
      @Nullable Boolean pathStyle) {

    @Override
    public String toString() {
      return "Audit[]";
    }
  }

  @Override
  public boolean supports(Class<?> type) {
    return type == StorageSettings.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    for (String problem : ((StorageSettings) target).problems()) {
      errors.reject("storage", problem);
    }
  }

  /// One line for each mistake: key, problem, what is accepted.
  List<String> problems() {
    var problems = new ArrayList<String>();
    new TreeMap<>(storage)
        .forEach(
            (name, profile) -> {
              String key = "reelkeeper.storage." + name;
              if (!NAME.matcher(name).matches()) {
                problems.add(
                    key + " is no usable name; accepted: a-z, 0-9 and -, up to 63 of them");
              }
              profile.problems().forEach(problem -> problems.add(key + "." + problem));
            });
    return problems;
  }
}
