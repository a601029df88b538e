package io.reelkeeper;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/// Gives every application of the tests event loops of its own.
///
/// By default all share those of the process, and the first one that ends disposes of them: a
// request
/// that another one has just begun is then never answered.
public final class OwnEventLoops
    implements ApplicationContextInitializer<GenericApplicationContext> {

  @Override
  public void initialize(GenericApplicationContext context) {
    if (context.getParent() == null) {
      context.registerBean(
          ReactorResourceFactory.class,
          () -> {
            var resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            return resources;
          });
    }
  }
}
