/** A portico: pediment, two columns, and a lit doorway between them. Decorative; the name stands beside it. */
export function Logo(props: { size?: number }) {
  const size = props.size ?? 28;
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <path d="M16 3 2.8 10.6h26.4z" fill="currentColor" />
      <path d="M4.5 13h5v13.2h-5zM22.5 13h5v13.2h-5zM2.8 27.4h26.4V30H2.8z" fill="currentColor" />
      <path d="M12.2 26.2v-8.4a3.8 3.8 0 0 1 7.6 0v8.4z" fill="#f96f31" />
    </svg>
  );
}
