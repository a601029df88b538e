package io.reelkeeper.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.core.TaskId;
import java.net.URLEncoder;
import org.springframework.stereotype.Component;

/// The address of a page that is recorded, with the way back to this service in it.
@Component
public class PageLinks {

  private static final String PARAMETER = "reelkeeper";

  private final PageTokens tokens;
  private final PageSettings settings;

  PageLinks(PageTokens tokens, PageSettings settings) {
    this.tokens = tokens;
    this.settings = settings;
  }

  /// The same address with the parameter that `probe.js` reads; the author's own query and fragment
  /// stay as they are. The result holds a secret.
  public String reporting(String url, TaskId task) {
    int mark = url.indexOf('#');
    String fragment = mark < 0 ? "" : url.substring(mark);
    String rest = mark < 0 ? url : url.substring(0, mark);
    String back = URLEncoder.encode(settings.address(tokens.of(task)), UTF_8);
    return rest + separator(rest) + PARAMETER + "=" + back + fragment;
  }

  private static String separator(String url) {
    if (!url.contains("?")) {
      return "?";
    }
    return url.endsWith("?") || url.endsWith("&") ? "" : "&";
  }
}
