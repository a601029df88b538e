package io.reelkeeper.console.login;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.subtle.Hkdf;
import io.reelkeeper.api.access.ApiKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.server.context.ServerSecurityContextRepository;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Logins that any replica believes, and none remembers.
///
/// A cookie holds which key opened the console and until when, sealed with a key of its own that is
/// drawn from `reelkeeper.encryption-key`.
///
/// What the key may do is read from the configuration at every request: a key that is taken out, or
/// replaced by another of the same name, ends its logins.
@Component
class Logins implements ServerSecurityContextRepository {

  static final String COOKIE = "reelkeeper-login";

  private static final byte[] PURPOSE = "console login".getBytes(StandardCharsets.UTF_8);

  private final ApiKeys keys;
  private final Clock clock;
  private final Duration lasts;
  private final @Nullable AesGcmJce seal;

  Logins(ApiKeys keys, Clock clock, LoginSettings settings) throws GeneralSecurityException {
    this.keys = keys;
    this.clock = clock;
    this.lasts = settings.console().loginFor();
    this.seal =
        settings.encryptionKey() == null
            ? null
            : new AesGcmJce(
                Hkdf.computeHkdf(
                    "HMACSHA256",
                    Base64.getDecoder().decode(settings.encryptionKey()),
                    new byte[0],
                    PURPOSE,
                    32));
  }

  /// Whether there is something to seal cookies with.
  boolean available() {
    return seal != null;
  }

  /// The cookie of this key's holder; nothing when there is nothing to seal it with.
  Optional<ResponseCookie> begin(ApiKeys.Holder holder, ServerHttpRequest request) {
    return Optional.ofNullable(seal)
        .map(cipher -> sealed(cipher, holder.id(), clock.instant().plus(lasts)))
        .map(value -> cookie(value, lasts, request));
  }

  /// Takes the cookie back.
  ResponseCookie end(ServerHttpRequest request) {
    return cookie("", Duration.ZERO, request);
  }

  private static ResponseCookie cookie(String value, Duration age, ServerHttpRequest request) {
    return ResponseCookie.from(COOKIE, value)
        .path("/console")
        .httpOnly(true)
        .sameSite("Strict")
        .secure(isSecure(request))
        .maxAge(age)
        .build();
  }

  /// Behind a proxy that speaks TLS the header tells; believed without proof, it can only make the
  /// cookie stricter.
  static boolean isSecure(ServerHttpRequest request) {
    return "https".equals(request.getURI().getScheme())
        || "https".equalsIgnoreCase(request.getHeaders().getFirst("X-Forwarded-Proto"));
  }

  @Override
  public Mono<Void> save(ServerWebExchange exchange, @Nullable SecurityContext context) {
    return Mono.empty();
  }

  @Override
  public Mono<SecurityContext> load(ServerWebExchange exchange) {
    return Mono.justOrEmpty(exchange.getRequest().getCookies().getFirst(COOKIE))
        .map(HttpCookie::getValue)
        .mapNotNull(value -> holder(value).orElse(null))
        .map(
            holder ->
                new SecurityContextImpl(
                    new PreAuthenticatedAuthenticationToken(
                        holder.caller(), null, holder.authorities())));
  }

  private Optional<ApiKeys.Holder> holder(String cookie) {
    return opened(cookie)
        .map(text -> text.split(" ", 2))
        .filter(it -> clock.instant().isBefore(Instant.ofEpochSecond(Long.parseLong(it[0]))))
        .flatMap(it -> keys.withId(it[1]));
  }

  private static String sealed(AesGcmJce cipher, String id, Instant until) {
    String text = until.getEpochSecond() + " " + id;
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(cipher.encrypt(text.getBytes(StandardCharsets.UTF_8), PURPOSE));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a login could not be sealed", e);
    }
  }

  private Optional<String> opened(String cookie) {
    AesGcmJce cipher = seal;
    if (cipher == null) {
      return Optional.empty();
    }
    try {
      byte[] text = cipher.decrypt(Base64.getUrlDecoder().decode(cookie), PURPOSE);
      return Optional.of(new String(text, StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      return Optional.empty(); // not ours, or of another encryption key
    }
  }
}
