package io.reelkeeper.api.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Knows a caller by the SHA-256 of the key; nothing is looked up outside memory, so that this may
/// run on the event loop.
@Component
public class ApiKeys implements ReactiveAuthenticationManager {

  /// Who holds a key, and what it is for.
  ///
  /// @param id of the key; a new key of the same name has another one
  public record Holder(String id, Caller caller, Role role) {

    public List<GrantedAuthority> authorities() {
      return role.authorities();
    }
  }

  private record Known(byte[] sha256, Holder holder) {}

  private final List<Known> known;

  ApiKeys(AccessSettings settings) {
    known = settings.keys().stream().map(ApiKeys::known).toList();
  }

  private static Known known(AccessSettings.Key key) {
    Role role = Collections.max(key.roles());
    byte[] sha256 = HexFormat.of().parseHex(key.sha256());
    return new Known(
        sha256,
        new Holder(
            HexFormat.of().formatHex(sha256),
            new Caller(key.name(), role == Role.ADMIN ? null : key.apps()),
            role));
  }

  @Override
  public Mono<Authentication> authenticate(Authentication presented) {
    return Mono.justOrEmpty(
            presented.getCredentials() instanceof String key
                ? find(key)
                : Optional.<Authentication>empty())
        .switchIfEmpty(Mono.error(new BadCredentialsException("The API key is not known here.")));
  }

  /// The holder of the key with this id, as long as it is configured.
  public Optional<Holder> withId(String id) {
    return known.stream().map(Known::holder).filter(it -> it.id().equals(id)).findFirst();
  }

  /// Compares with every key, found or not: the time taken says nothing about any of them.
  public Optional<Holder> holder(String key) {
    byte[] digest = sha256(key);
    Optional<Holder> found = Optional.empty();
    for (Known candidate : known) {
      if (MessageDigest.isEqual(candidate.sha256(), digest)) {
        found = Optional.of(candidate.holder());
      }
    }
    return found;
  }

  Optional<Authentication> find(String key) {
    return holder(key)
        .map(it -> new PreAuthenticatedAuthenticationToken(it.caller(), null, it.authorities()));
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
