package io.reelkeeper.storage;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/// The address of an S3-compatible store.
final class Endpoint {

  private static final Set<String> SCHEMES = Set.of("http", "https");

  private Endpoint() {}

  /// Scheme, host and perhaps a port: nothing that Agora would not be told.
  static boolean isValid(URI address) {
    return address.getScheme() != null
        && SCHEMES.contains(address.getScheme().toLowerCase(Locale.ROOT))
        && address.getHost() != null
        && address.getUserInfo() == null
        && address.getQuery() == null
        && address.getFragment() == null
        && Set.of("", "/").contains(address.getPath());
  }

  /// The same address always in the same words: lower case, no default port, no slash at the end.
  static String canonical(URI address) {
    String scheme = address.getScheme().toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    String host = address.getHost().toLowerCase(Locale.ROOT);
    return scheme
        + "://"
        + host
        + (address.getPort() == -1 || address.getPort() == usual ? "" : ":" + address.getPort());
  }

  /// What Agora is told: host and port, no scheme.
  static String host(String canonical) {
    return canonical.substring(canonical.indexOf("://") + 3);
  }
}
