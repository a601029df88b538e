package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// Secrets as Docker and Kubernetes mount them: one file each, written by whatever editor.
final class SecretFilesTest {

  private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  @ParameterizedTest
  @ValueSource(strings = {"none", "of Unix", "of Windows"})
  void aSecretFromAFileIsTakenWithOrWithoutALineEnd(String lineEnd, @TempDir Path secrets)
      throws IOException {
    String end =
        switch (lineEnd) {
          case "of Unix" -> "\n";
          case "of Windows" -> "\r\n";
          default -> "";
        };
    write(secrets.resolve("reelkeeper.encryption-key"), KEY + end);
    write(secrets.resolve("reelkeeper/apps/classroom/customer-secret"), "of the project" + end);
    write(secrets.resolve("reelkeeper/apps/classroom/webhook-secret"), "old,new" + end);
    write(secrets.resolve("spring/datasource/password"), "pass word" + end);

    StandardEnvironment environment = environment(secrets);

    assertThat(SettingsCheck.check(environment).list()).isEmpty();
    assertThat(environment.getProperty("reelkeeper.encryption-key")).isEqualTo(KEY);
    assertThat(environment.getProperty("reelkeeper.apps.classroom.customer-secret"))
        .isEqualTo("of the project");
    assertThat(environment.getProperty("reelkeeper.apps.classroom.webhook-secret"))
        .isEqualTo("old,new");
    assertThat(environment.getProperty("spring.datasource.password")).isEqualTo("pass word");
  }

  private static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static StandardEnvironment environment(Path secrets) {
    var environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test",
                Map.of(
                    "spring.config.import", "configtree:" + secrets + "/",
                    "reelkeeper.apps.classroom.app-id", "970ca35de60c44645bbae8a215061b33",
                    "reelkeeper.apps.classroom.customer-key", "key",
                    "reelkeeper.apps.classroom.domains.location", "eu-central-1")));
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    return environment;
  }
}
