package io.reelkeeper.api.access;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.reelkeeper.TestClock;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.BadJwtException;

final class TokensTest {

  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  private final Issuer issuer = new Issuer();
  private @Nullable Tokens tokens;

  @AfterEach
  void close() {
    if (tokens != null) {
      tokens.destroy();
    }
    issuer.close();
  }

  private static AccessSettings settings(String rolesClaim, String prefix) {
    return new AccessSettings(
        List.of(),
        new AccessSettings.Jwt(rolesClaim, prefix, "apps"),
        new AccessSettings.Limit(20, Duration.ofMinutes(1)));
  }

  private Tokens tokens() {
    return tokens(issuer.url(), null, settings("roles", ""));
  }

  private Tokens tokens(@Nullable String issuer, @Nullable String keys, AccessSettings settings) {
    var properties = new OAuth2ResourceServerProperties();
    properties.getJwt().setIssuerUri(issuer);
    properties.getJwt().setJwkSetUri(keys);
    properties.getJwt().setAudiences(List.of(Issuer.AUDIENCE));
    var fresh = new Tokens(properties, settings, clock);
    tokens = fresh;
    return fresh;
  }

  private JWTClaimsSet.Builder claims() {
    return issuer.claims(clock.instant());
  }

  private static Authentication read(Tokens tokens, String token) {
    assertThat(tokens.mayBe(token)).isTrue();
    return requireNonNull(tokens.read(token).block());
  }

  private static List<String> authorities(Authentication read) {
    return read.getAuthorities().stream().map(GrantedAuthority::getAuthority).toList();
  }

  private static void refused(Tokens tokens, String token) {
    assertThatThrownBy(() -> tokens.read(token).block()).isInstanceOf(BadJwtException.class);
  }

  private static void unavailable(Tokens tokens, String token) {
    assertThatThrownBy(() -> tokens.read(token).block())
        .isInstanceOfSatisfying(
            ProblemException.class,
            it -> assertThat(it.problem()).isEqualTo(Problem.ISSUER_UNAVAILABLE));
  }

  @Test
  void aTokenSaysWhoItIsWhatTheyMayDoAndForWhichApps() {
    Authentication read = read(tokens(), issuer.signs(claims().build()));

    assertThat(read.getPrincipal())
        .isEqualTo(new Caller("jwt:anna", java.util.Set.of("classroom")));
    assertThat(authorities(read)).containsExactly("READ");
  }

  @Test
  void anAdminHasEveryApp() {
    Authentication read =
        read(tokens(), issuer.signs(claims().claim("roles", "read admin").build()));

    assertThat(read.getPrincipal()).isEqualTo(new Caller("jwt:anna", null));
    assertThat(authorities(read)).containsExactly("READ", "OPERATE", "ADMIN");
  }

  @Test
  void rolesMayStandInAScopeBesideWhatIsForOthers() {
    Tokens tokens = tokens(issuer.url(), null, settings("scope", "reelkeeper:"));

    assertThat(
            authorities(
                read(
                    tokens,
                    issuer.signs(
                        claims().claim("scope", "openid admin reelkeeper:operate").build()))))
        .containsExactly("READ", "OPERATE");
  }

  @Test
  void rolesMayStandInsideAnObject() {
    Tokens tokens = tokens(issuer.url(), null, settings("realm_access.roles", ""));

    assertThat(
            authorities(
                read(
                    tokens,
                    issuer.signs(
                        claims()
                            .claim("realm_access", Map.of("roles", List.of("operate")))
                            .build()))))
        .containsExactly("READ", "OPERATE");
  }

  @Test
  void aTokenWithoutRolesOrAppsMayDoNothing() {
    Authentication read =
        read(tokens(), issuer.signs(claims().claim("roles", 7).claim("apps", null).build()));

    assertThat(authorities(read)).isEmpty();
    assertThat(read.getPrincipal()).isEqualTo(new Caller("jwt:anna", java.util.Set.of()));
  }

  /// Each is right but for one thing.
  enum Wrong {
    ISSUER(it -> it.issuer.signs(it.claims().issuer("https://evil.example").build())),
    AUDIENCE(it -> it.issuer.signs(it.claims().audience("another-service").build())),
    NO_AUDIENCE(it -> it.issuer.signs(it.claims().audience((String) null).build())),
    EXPIRED(it -> it.issuer.signs(it.claims().expirationTime(it.inSeconds(-31)).build())),
    WITHOUT_END(it -> it.issuer.signs(it.claims().expirationTime(null).build())),
    NOT_YET(it -> it.issuer.signs(it.claims().notBeforeTime(it.inSeconds(31)).build())),
    NOBODY(it -> it.issuer.signs(it.claims().subject(null).build())),
    UNSIGNED(it -> new PlainJWT(it.claims().build()).serialize()),
    OTHER_KEY_OF_THAT_NAME(
        it -> Issuer.signed(it.claims().build(), Issuer.key(it.issuer.key().getKeyID()))),
    SHARED_SECRET_IS_PUBLIC_KEY(TokensTest::signedWithThePublicKey),
    CHANGED(
        it -> {
          String[] parts = it.issuer.signs(it.claims().build()).split("\\.");
          String admin =
              it.issuer.signs(it.claims().claim("roles", "admin").build()).split("\\.")[1];
          return parts[0] + "." + admin + "." + parts[2];
        }),
    NO_SIGNATURE(
        it -> {
          String token = it.issuer.signs(it.claims().build());
          return token.substring(0, token.lastIndexOf('.') + 1);
        }),
    GARBAGE(_ -> "eyJub25zZW5zZQ.eyJ9.%%%");

    private final Function<TokensTest, String> token;

    Wrong(Function<TokensTest, String> token) {
      this.token = token;
    }
  }

  private Date inSeconds(long seconds) {
    return Date.from(clock.instant().plusSeconds(seconds));
  }

  private static String signedWithThePublicKey(TokensTest it) {
    try {
      byte[] known = it.issuer.key().toRSAPublicKey().getEncoded();
      var token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(it.issuer.key().getKeyID()).build(),
              it.claims().build());
      token.sign(new MACSigner(known));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatTheIssuerHasNotSignedForThisServiceAndNowIsRefused(Wrong wrong) {
    refused(tokens(), wrong.token.apply(this));
  }

  @Test
  void keysAreFetchedOnceAndAnewWhenTheIssuerHasAnother() {
    Tokens tokens = tokens();
    read(tokens, issuer.signs(claims().build()));
    read(tokens, issuer.signs(claims().subject("bert").build()));
    assertThat(issuer.fetches()).isEqualTo(1);
    String old = issuer.signs(claims().build());

    issuer.rotates();

    read(tokens, issuer.signs(claims().build()));
    assertThat(issuer.fetches()).isEqualTo(2);
    assertThatThrownBy(() -> tokens.read(old).block()).as("the key that was withdrawn").isNotNull();
  }

  @Test
  void tokensWithUnknownKeysDoNotFloodTheIssuer() {
    Tokens tokens = tokens();
    read(tokens, issuer.signs(claims().build()));
    var stranger = Issuer.key("stranger");

    for (int i = 0; i < 30; i++) {
      String forged = Issuer.signed(claims().build(), stranger);
      assertThatThrownBy(() -> tokens.read(forged).block()).isNotNull();
    }

    assertThat(issuer.fetches()).isLessThanOrEqualTo(3);
    read(tokens, issuer.signs(claims().build()));
  }

  @Test
  void whileTheIssuerIsAwayKnownKeysGoOn() {
    Tokens tokens = tokens();
    read(tokens, issuer.signs(claims().build()));

    issuer.close();

    read(tokens, issuer.signs(claims().subject("bert").build()));
  }

  @Test
  void anIssuerThatWasNeverHeardIsAProblemThatPasses() {
    Tokens tokens = tokens();
    String token = issuer.signs(claims().build());
    issuer.close();

    unavailable(tokens, token);
    unavailable(tokens, token);
  }

  @Test
  void anIssuerThatNeverAnswersIsNotWaitedFor() throws IOException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Tokens tokens =
          tokens("http://127.0.0.1:" + silent.getLocalPort(), null, settings("roles", ""));

      unavailable(tokens, issuer.signs(claims().build()));
    }
  }

  @Test
  void anIssuerThatCallsItselfOtherwiseIsNotBelieved() {
    issuer.callsItself("https://evil.example");

    unavailable(tokens(), issuer.signs(claims().build()));
  }

  @Test
  void keysMayBeWhereTheConfigurationSays() {
    issuer.callsItself("nobody asks");

    read(
        tokens(issuer.url(), issuer.url() + "/jwks", settings("roles", "")),
        issuer.signs(claims().build()));
  }

  @Test
  void keysThatAreElsewhereAreNotFollowed() {
    unavailable(
        tokens(issuer.url(), issuer.url() + "/moved", settings("roles", "")),
        issuer.signs(claims().build()));
    assertThat(issuer.fetches()).isZero();
  }

  @Test
  void withoutAnIssuerNothingIsAToken() {
    assertThat(tokens(null, null, settings("roles", "")).mayBe(issuer.signs(claims().build())))
        .isFalse();
  }
}
