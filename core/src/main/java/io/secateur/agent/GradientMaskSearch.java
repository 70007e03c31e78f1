package io.secateur.agent;

import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.prune.PruningSpace;
import io.secateur.run.RunContext;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Optimises soft masks by gradient under the same proxies, then prunes along their order: the
 * cheapest strong rival of the agent. With keep factors a = σ(s · u), sharpness s rising from
 * {@code 1} to {@code sharpness},
 *
 * <pre>min_u  KL( f(x) ‖ f(x; a) ) + α · mean −log(1 − p_target(x'; a)) + ρ · Σ (1 − a_i)</pre>
 *
 * on clean images x and triggered images x'. The unpruned network is a = 1.
 *
 * @param steps of Adam
 * @param learningRate of Adam
 * @param cleanImages per step
 * @param triggeredImages per step
 * @param attackWeight α
 * @param sparsity ρ, price of one unit
 * @param start u at the beginning; positive keeps
 * @param sharpness last s
 * @param longest largest number of units pruned
 */
public record GradientMaskSearch(
    int steps,
    double learningRate,
    int cleanImages,
    int triggeredImages,
    double attackWeight,
    double sparsity,
    double start,
    double sharpness,
    int longest)
    implements MaskSearch {
  /** 200 steps of 100 + 100 images. */
  public static final GradientMaskSearch DEFAULT =
      new GradientMaskSearch(200, 0.1, 100, 100, 0.3, 0.002, 2, 8, 128);

  private static final double FLOOR = 1e-6;

  @Override
  public SearchResult search(PruningProblem problem, RunContext run) {
    double[] drop = dropScores(problem, run);
    return Prefixes.best(problem, run, Prefixes.descending(drop), drop, longest, steps);
  }

  /** 1 − a of every unit after the optimisation, in [0, 1]; a resumed run remembers it. */
  public double[] dropScores(PruningProblem problem, RunContext run) {
    return run.checkpoints().measured("soft-masks", () -> optimise(problem, run));
  }

  private double[] optimise(PruningProblem problem, RunContext run) {
    PruningSpace space = problem.space();
    RandomGenerator random = run.seeds().random("gradient masks");
    run.progress().begin("optimise soft masks", steps);
    double[] drop;
    try (Scope variables = Scope.open()) {
      Tensor u = Tensor.full(start, space.size()).copy().requireGradient();
      Optimizer adam = Optimizer.adam(List.of(u), learningRate, 0.9, 0.999);
      for (int step = 0; step < steps; step++) {
        double s = 1 + (sharpness - 1) * step / Math.max(1, steps - 1);
        try (Scope scope = Scope.open()) {
          PruningEnvironment.Draw draw = problem.tune().draw(cleanImages, triggeredImages, random);
          Tensor loss = loss(problem, u.mul(s).sigmoid(), draw);
          adam.minimise(loss);
          run.progress().advance(step + 1, String.format(Locale.ROOT, "loss %.3f", loss.item()));
        }
      }
      float[] kept = u.detach().mul(sharpness).sigmoid().toFloats();
      drop = new double[kept.length];
      Arrays.setAll(drop, i -> 1 - kept[i]);
    }
    run.progress()
        .end(Arrays.stream(drop).filter(d -> d > 0.5).count() + " channels at more than one half");
    return drop;
  }

  private Tensor loss(PruningProblem problem, Tensor keep, PruningEnvironment.Draw draw) {
    int clean = problem.tune().cleanLabels(draw).length;
    Tensor masked = problem.tune().logits(factors(problem.space(), keep), draw).logSoftmax(1);
    Tensor unmasked =
        Scope.withoutGradients(
            () -> problem.tune().logits(Map.of(), draw).narrow(0, 0, clean).logSoftmax(1));
    Tensor after = masked.narrow(0, 0, clean);
    Tensor divergence = unmasked.exp().mul(unmasked.sub(after)).sum(1L).mean();
    Tensor target =
        masked.narrow(0, clean, masked.size(0) - clean).select(1, problem.target()).exp();
    Tensor escape = target.neg().add(1 + FLOOR).log().neg().mean();
    Tensor price = keep.neg().add(1).sum().mul(sparsity);
    return divergence.add(escape.mul(attackWeight)).add(price);
  }

  /** Keep factors of the units as one tensor [C] per node, 1 for channels outside the space. */
  private static Map<String, Tensor> factors(PruningSpace space, Tensor keep) {
    Tensor padded = Tensor.cat(0, keep, Tensor.full(1, 1));
    Map<String, Tensor> factors = new LinkedHashMap<>();
    for (String node : space.nodes()) {
      int[] owners = space.unitsOf(node);
      for (int c = 0; c < owners.length; c++) {
        owners[c] = owners[c] < 0 ? space.size() : owners[c];
      }
      factors.put(node, padded.indexSelect(0, Tensor.of(owners)));
    }
    return factors;
  }
}
