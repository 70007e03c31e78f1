package io.secateur.data;

import java.util.Arrays;

/**
 * Multinomial logistic regression on centred pixels by stochastic gradient descent: how far colour
 * and place alone lead.
 */
final class SoftmaxRegression {
  private final int inputs;
  private final int classes;
  private final float[][] weights;

  private SoftmaxRegression(int inputs, int classes) {
    this.inputs = inputs;
    this.classes = classes;
    this.weights = new float[classes][inputs + 1];
  }

  static SoftmaxRegression train(ImageSet images, int epochs, double rate) {
    SoftmaxRegression model = new SoftmaxRegression(images.shape().size(), images.classes());
    int[] order = images.indices();
    SeededDraws draws = new SeededDraws(1);
    for (int epoch = 0; epoch < epochs; epoch++) {
      draws.shuffle(order);
      float step = (float) (rate * (1 - epoch / (double) epochs));
      for (int i : order) {
        float[] x = images.floats(new int[] {i});
        double[] p = model.probabilities(x);
        p[images.label(i)] -= 1;
        for (int c = 0; c < model.classes; c++) {
          float g = (float) p[c] * step;
          float[] w = model.weights[c];
          for (int j = 0; j < model.inputs; j++) {
            w[j] -= g * (x[j] - 0.5f);
          }
          w[model.inputs] -= g;
        }
      }
    }
    return model;
  }

  double accuracy(ImageSet images) {
    int right = 0;
    for (int i : images.indices()) {
      double[] p = probabilities(images.floats(new int[] {i}));
      double most = Arrays.stream(p).max().orElseThrow();
      right += p[images.label(i)] == most ? 1 : 0;
    }
    return right / (double) images.size();
  }

  private double[] probabilities(float[] x) {
    double[] scores = new double[classes];
    for (int c = 0; c < classes; c++) {
      float[] w = weights[c];
      float sum = w[inputs];
      for (int j = 0; j < inputs; j++) {
        sum += w[j] * (x[j] - 0.5f);
      }
      scores[c] = sum;
    }
    double most = Arrays.stream(scores).max().orElseThrow();
    double total = 0;
    for (int c = 0; c < classes; c++) {
      scores[c] = Math.exp(scores[c] - most);
      total += scores[c];
    }
    for (int c = 0; c < classes; c++) {
      scores[c] /= total;
    }
    return scores;
  }
}
