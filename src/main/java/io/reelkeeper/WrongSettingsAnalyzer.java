package io.reelkeeper;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Prints wrong settings as one line each, without a stack trace.
class WrongSettingsAnalyzer extends AbstractFailureAnalyzer<WrongSettings> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, WrongSettings cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        "Correct the settings above, in the environment or in the YAML file.",
        cause);
  }
}
