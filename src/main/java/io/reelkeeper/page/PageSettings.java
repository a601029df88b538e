package io.reelkeeper.page;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How recorded pages reach this service.
///
/// @param publicUrl with or without a slash at its end; checked before anything starts
@ConfigurationProperties("reelkeeper")
record PageSettings(@DefaultValue("http://localhost:8080") URI publicUrl) {

  /// The address under which the page of this token reports itself.
  String address(String token) {
    String base = publicUrl.toString();
    return (base.endsWith("/") ? base : base + "/") + "page/" + token;
  }
}
