"""The book's nets and TensorFlow's side by side."""
