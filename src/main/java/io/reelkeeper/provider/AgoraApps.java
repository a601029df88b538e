package io.reelkeeper.provider;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/// The Agora projects that are driven, by their alias: credentials and domains.
///
/// It validates itself because the framework's own messages print the rejected value, which here
/// may be a secret.
///
/// @param encryptionKey keys the journal's fingerprints, so that they are the same in all replicas
@ConfigurationProperties("reelkeeper")
record AgoraApps(@Nullable Map<String, App> apps, @Nullable String encryptionKey)
    implements Validator {

  private static final Pattern HEX_32 = Pattern.compile("[0-9a-fA-F]{32}");

  AgoraApps {
    apps = apps == null ? Map.of() : Map.copyOf(apps);
  }

  /// @param appId 32 hexadecimal digits
  /// @param appCertificate 32 hexadecimal digits; without it no RTC token is minted
  /// @param domains where Agora is reached
  record App(
      @Nullable String appId,
      @Nullable String customerKey,
      @Nullable String customerSecret,
      @Nullable String appCertificate,
      @Nullable Domains domains) {

    String id() {
      return given(appId);
    }

    String key() {
      return given(customerKey);
    }

    String secret() {
      return given(customerSecret);
    }

    Route route() {
      return (domains == null ? Domains.NONE : domains).route();
    }

    private static String given(@Nullable String value) {
      if (value == null) {
        throw new IllegalStateException("an app without this was not refused at the start");
      }
      return value;
    }

    @Override
    public String toString() {
      return "App[" + appId + "]";
    }
  }

  /// The three base addresses of one app, without a slash at the end.
  record Route(URI primary, URI alternate, URI adjacent) {}

  /// @param location where this service runs; gives what is not given explicitly
  record Domains(
      @Nullable String location,
      @Nullable String primary,
      @Nullable String alternate,
      @Nullable String adjacent) {

    static final Domains NONE = new Domains(null, null, null, null);

    /// Each region and the one next to it, as Agora publishes them.
    private static final Map<String, String> NEXT_TO =
        new TreeMap<>(
            Map.of(
                "us-west-1", "us-east-1",
                "us-east-1", "us-west-1",
                "ap-southeast-1", "ap-northeast-1",
                "ap-northeast-1", "ap-southeast-1",
                "eu-west-1", "eu-central-1",
                "eu-central-1", "eu-west-1",
                "cn-east-1", "cn-north-1",
                "cn-north-1", "cn-east-1"));

    Route route() {
      if (location == null) {
        URI first = address(primary, primary);
        return new Route(first, address(alternate, primary), address(adjacent, primary));
      }
      boolean china = location.startsWith("cn-");
      String suffix = china ? "sd-rtn.com" : "agora.io";
      String other = china ? "agora.io" : "sd-rtn.com";
      return new Route(
          address(primary, "https://api." + suffix),
          address(alternate, "https://api." + other),
          address(adjacent, "https://api-" + NEXT_TO.get(location) + "." + suffix));
    }

    private static URI address(@Nullable String given, @Nullable String otherwise) {
      String text = given != null ? given : otherwise;
      if (text == null) {
        throw new IllegalStateException("an app without domains was not refused at the start");
      }
      return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    }

    private List<String> mistakes() {
      var found = new ArrayList<String>();
      if (location != null && !NEXT_TO.containsKey(location)) {
        found.add("location is not known; one of " + String.join(", ", NEXT_TO.keySet()));
      }
      // A sandbox has one address; Agora without its other domains would be half as reachable.
      boolean sandbox = primary != null && primary.startsWith("http://");
      if (location == null
          && (primary == null || (!sandbox && (alternate == null || adjacent == null)))) {
        found.add("give location, or all of primary, alternate and adjacent");
      }
      check("primary", primary, found);
      check("alternate", alternate, found);
      check("adjacent", adjacent, found);
      return found;
    }

    private static void check(String key, @Nullable String value, List<String> found) {
      if (value == null) {
        return;
      }
      try {
        URI uri = new URI(value);
        boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
        boolean bare =
            uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (web && uri.getHost() != null && bare) {
          return;
        }
      } catch (java.net.URISyntaxException _) {
        // said below; the exception would repeat the value
      }
      found.add(key + " is not an address like https://api.agora.io");
    }
  }

  App named(String alias) {
    App app = all().get(alias);
    if (app == null) {
      throw new IllegalArgumentException("no app '" + alias + "' under reelkeeper.apps");
    }
    return app;
  }

  Map<String, App> all() {
    return apps == null ? Map.of() : apps;
  }

  @Override
  public boolean supports(Class<?> type) {
    return AgoraApps.class.isAssignableFrom(type);
  }

  @Override
  public void validate(Object target, Errors errors) {
    for (String mistake : ((AgoraApps) target).mistakes()) {
      errors.reject("reelkeeper.apps", mistake);
    }
  }

  /// One sentence for each mistake: the key, what is wrong, what is accepted; never the value.
  List<String> mistakes() {
    var found = new ArrayList<String>();
    new TreeMap<>(all())
        .forEach(
            (alias, app) -> {
              String key = "reelkeeper.apps." + alias;
              if (app.appId == null || !HEX_32.matcher(app.appId).matches()) {
                found.add(key + ".app-id must be 32 hexadecimal digits");
              }
              if (app.customerKey == null || app.customerKey.isBlank()) {
                found.add(key + ".customer-key is missing");
              }
              if (app.customerSecret == null || app.customerSecret.isBlank()) {
                found.add(key + ".customer-secret is missing");
              }
              if (app.appCertificate != null && !HEX_32.matcher(app.appCertificate).matches()) {
                found.add(key + ".app-certificate must be 32 hexadecimal digits, or absent");
              }
              Domains given = app.domains == null ? Domains.NONE : app.domains;
              given.mistakes().forEach(wrong -> found.add(key + ".domains: " + wrong));
            });
    return found;
  }

  @Override
  public String toString() {
    return "AgoraApps" + all().keySet();
  }
}
