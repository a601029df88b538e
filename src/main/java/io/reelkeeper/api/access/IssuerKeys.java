package io.reelkeeper.api.access;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Fetches the keys of the issuer of tokens. Where they lie is looked up when they are first
/// needed:
/// a start needs no issuer.
final class IssuerKeys implements JWKSetSource<SecurityContext> {

  private static final int CONNECT_MILLIS = 1_000;
  private static final int READ_MILLIS = 2_000;

  /// Some kilobytes are usual.
  private static final int LARGEST_ANSWER = 256 * 1024;

  private final @Nullable URI issuer;
  private final @Nullable URI configured;
  private final ResourceRetriever http = new NoRedirects();
  private volatile @Nullable URL found;

  /// @param configured where the keys lie; null: the issuer tells
  IssuerKeys(@Nullable URI issuer, @Nullable URI configured) {
    this.issuer = issuer;
    this.configured = configured;
  }

  /// Whoever may answer for the issuer must not send us to another host.
  private static final class NoRedirects extends DefaultResourceRetriever {

    NoRedirects() {
      super(CONNECT_MILLIS, READ_MILLIS, LARGEST_ANSWER);
    }

    @Override
    protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
      HttpURLConnection connection = super.openHTTPConnection(url);
      connection.setInstanceFollowRedirects(false);
      return connection;
    }
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator refresh, long now, @Nullable SecurityContext context)
      throws KeySourceException {
    try {
      URL url = found == null ? discover() : found;
      found = url;
      return new URLBasedJWKSetSource<>(url, http).getJWKSet(refresh, now, context);
    } catch (KeySourceException e) {
      found = null; // they may have moved
      throw e;
    }
  }

  private URL discover() throws KeySourceException {
    try {
      if (configured != null) {
        return configured.toURL();
      }
      if (issuer == null) {
        throw new IllegalStateException("neither an issuer nor its keys");
      }
      for (URI document : documents(issuer)) {
        Map<String, Object> said = read(document);
        if (said != null && issuer.toString().equals(said.get("issuer"))) {
          return keys(issuer, JSONObjectUtils.getString(said, "jwks_uri"));
        }
      }
    } catch (MalformedURLException | ParseException e) {
      throw new JWKSetUnavailableException("the issuer does not say where its keys lie", e);
    }
    throw new JWKSetUnavailableException("the issuer does not describe itself");
  }

  /// OpenID Connect Discovery, and RFC 8414.
  private static List<URI> documents(URI issuer) {
    String base = issuer.toString().replaceAll("/+$", "");
    String path = URI.create(base).getRawPath();
    return List.of(
        URI.create(base + "/.well-known/openid-configuration"),
        issuer.resolve("/.well-known/oauth-authorization-server" + path));
  }

  private @Nullable Map<String, Object> read(URI document) throws MalformedURLException {
    try {
      return JSONObjectUtils.parse(http.retrieveResource(document.toURL()).getContent());
    } catch (MalformedURLException e) {
      throw e;
    } catch (IOException | ParseException _) {
      return null;
    }
  }

  private static URL keys(URI issuer, @Nullable String told)
      throws MalformedURLException, ParseException {
    URI keys = told == null ? null : JSONObjectUtils.getURI(Map.of("uri", told), "uri");
    boolean safe =
        keys != null
            && ("https".equals(keys.getScheme())
                || ("http".equals(keys.getScheme()) && "http".equals(issuer.getScheme())));
    if (keys == null || !safe) {
      throw new MalformedURLException("jwks_uri must be https");
    }
    return keys.toURL();
  }

  @Override
  public void close() {}
}
