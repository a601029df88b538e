package io.reelkeeper.api.problem;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// What the `type` of a problem points to: a page that says what it means and what to do.
@RestController
class ProblemPages {

  @GetMapping(path = "/problems", produces = MediaType.TEXT_HTML_VALUE)
  String all() {
    return Stream.of(Problem.values())
        .map(
            problem ->
                "<li><a href=\"%s\">%s</a>: %s</li>\n"
                    .formatted(problem.type(), problem.slug(), problem.title()))
        .collect(Collectors.joining("", page("Problems", "<ul>\n"), "</ul>\n"));
  }

  @GetMapping(path = "/problems/{slug}", produces = MediaType.TEXT_HTML_VALUE)
  String one(@PathVariable String slug) {
    Problem problem =
        Problem.ofSlug(slug)
            .orElseThrow(
                () -> new ProblemException(Problem.NOT_FOUND, "There is no such problem type."));
    return page(
        problem.title(),
        """
        <p><code>%s</code>, HTTP status %d</p>
        <h2>What it means</h2>
        <p>%s</p>
        <h2>What to do</h2>
        <p>%s</p>
        <p><a href="/problems">All problems</a></p>
        """
            .formatted(
                problem.type(), problem.status(), html(problem.meaning()), html(problem.remedy())));
  }

  private static String page(String title, String content) {
    return """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <title>%1$s - Reelkeeper</title>
    <h1>%1$s</h1>
    %2$s\
    """
        .formatted(title, content);
  }

  private static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replaceAll("`([^`]*)`", "<code>$1</code>");
  }
}
