package io.reelkeeper.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.session.state.Policy;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.zip.CRC32;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// The few lines that a page author includes. The file holds the default interval; what is served
/// holds the policy's.
@RestController
class ProbeScript {

  private static final String DEFAULT_INTERVAL = "every = 15000";

  /// A page of many visitors asks once; a mended script is everywhere within the hour.
  private static final Duration CACHED = Duration.ofHours(1);

  private static final MediaType JAVASCRIPT = new MediaType("text", "javascript", UTF_8);

  private final byte[] script;
  private final String tag;

  ProbeScript(Policy policy) {
    this.script =
        read()
            .replace(DEFAULT_INTERVAL, "every = " + policy.pageAliveEvery().toMillis())
            .getBytes(UTF_8);
    CRC32 sum = new CRC32();
    sum.update(script);
    this.tag = "\"" + Long.toHexString(sum.getValue()) + "\"";
  }

  private static String read() {
    try (InputStream file = new ClassPathResource("probe.js", ProbeScript.class).getInputStream()) {
      String text = new String(file.readAllBytes(), UTF_8);
      if (!text.contains(DEFAULT_INTERVAL)) {
        throw new IllegalStateException("probe.js has no interval to be set");
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Operation(summary = "The script that a page to be recorded includes")
  @ApiResponse(
      responseCode = "200",
      description = "Under 2 KB, needs nothing else",
      content = @Content(mediaType = "text/javascript"))
  @GetMapping("/page/probe.js")
  ResponseEntity<byte[]> probe() {
    return ResponseEntity.ok()
        .contentType(JAVASCRIPT)
        .cacheControl(CacheControl.maxAge(CACHED).cachePublic())
        .eTag(tag)
        // pages of any origin include it, those that isolate themselves, too
        .header(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header("Cross-Origin-Resource-Policy", "cross-origin")
        .body(script);
  }
}
