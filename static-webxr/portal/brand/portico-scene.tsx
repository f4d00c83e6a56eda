/**
 * The picture on the sign-in page: a phone held up to a print on a wall, and the print comes alive inside the
 * phone, seen through a portico. Decorative.
 */
export function PorticoScene() {
  return (
    <svg className="portico-scene" viewBox="0 0 480 420" aria-hidden focusable="false">
      <defs>
        <linearGradient id="scene-sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#f96f31" />
          <stop offset="1" stopColor="#ffc6aa" />
        </linearGradient>
        <linearGradient id="scene-stone" x1="0" y1="0" x2="1" y2="0">
          <stop offset="0" stopColor="#2a3150" />
          <stop offset="1" stopColor="#1e243c" />
        </linearGradient>
      </defs>
      <path d="M240 18 20 118h440z" fill="url(#scene-stone)" />
      <path d="M240 46 88 112h304z" fill="#171c30" />
      <path d="M20 124h440v20H20z" fill="#2a3150" />
      {[44, 112, 332, 400].map((x) => (
        <g key={x}>
          <path d={`M${x - 6} 150h48v12h-48z`} fill="#323a5c" />
          <path d={`M${x} 162h36v206h-36z`} fill="url(#scene-stone)" />
          <path d={`M${x + 9} 166v198M${x + 18} 166v198M${x + 27} 166v198`} stroke="#131728" strokeWidth="1.5" opacity=".55" />
          <path d={`M${x - 6} 368h48v12h-48z`} fill="#323a5c" />
        </g>
      ))}
      <path d="M8 382h464v14H8zM-8 398h496v14H-8z" fill="#2a3150" />
      <rect x="178" y="176" width="124" height="176" rx="3" fill="#e4e6ee" />
      <rect x="186" y="184" width="108" height="160" fill="#c6cad8" />
      <path d="M186 300l34-46 26 30 18-20 30 38v42H186z" fill="#8f98b4" />
      <circle cx="266" cy="218" r="13" fill="#f3f4f8" />
      <g className="portico-scene-phone">
        <rect x="206" y="158" width="116" height="216" rx="18" fill="#0a0d16" />
        <rect x="212" y="165" width="104" height="202" rx="12" fill="url(#scene-sky)" />
        <path d="M212 304l30-40 24 28 16-18 34 42v39a12 12 0 0 1-12 12h-80a12 12 0 0 1-12-12z" fill="#9f390f" opacity=".85" />
        <path d="M212 330l36-22 30 16 38-24v55a12 12 0 0 1-12 12h-80a12 12 0 0 1-12-12z" fill="#131728" opacity=".8" />
        <circle className="portico-scene-sun" cx="284" cy="216" r="15" fill="#fff4ee" />
        <circle cx="264" cy="262" r="23" fill="#fff" opacity=".94" />
        <path d="M257.5 250.5v23l19-11.5z" fill="#c2440f" />
        <rect x="250" y="170" width="28" height="5" rx="2.5" fill="#0a0d16" opacity=".7" />
      </g>
    </svg>
  );
}
