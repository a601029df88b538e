package io.reelkeeper.core;

import java.net.URI;
import java.net.URISyntaxException;

/// Where a stream is pushed to: what follows the host is as good as a password.
public final class StreamAddress {

  private StreamAddress() {}

  /// Scheme and host, which may be shown and kept.
  public static String withoutKey(String address) {
    try {
      URI uri = new URI(address);
      if (uri.getScheme() != null && uri.getHost() != null) {
        return uri.getScheme() + "://" + uri.getHost() + "/...";
      }
    } catch (URISyntaxException _) {
      // nothing of it is known to be harmless
    }
    return "...";
  }
}
